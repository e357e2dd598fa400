import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { underLock } from '../support/lock'

const PROGRAMS = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  'qemu-aarch64-static': 'qemu-user-static',
  lintian: 'lintian',
  'systemd-analyze': 'systemd',
  'dpkg-deb': 'dpkg',
  buildah: 'buildah',
} as const

export type Program = keyof typeof PROGRAMS

/**
 * Why the tests that need these programs, and root, cannot run here; undefined when they can. Where CI
 * is set and root runs them, a missing program is an error.
 */
export function missing(...programs: Program[]): string | undefined {
  if (process.getuid?.() !== 0) return 'skipped: only root can run these'
  const absent = programs.filter((program) => Bun.which(program) === null)
  if (absent.length === 0) return undefined
  const packages = absent.map((program) => PROGRAMS[program]).join(', ')
  if (process.env.CI) throw new Error(`CI needs the Debian packages ${packages}`)
  return `skipped: needs the Debian packages ${packages}`
}

/** The name of a group of tests, with the reason why it is skipped, if it is. */
export const named = (name: string, reason: string | undefined) =>
  reason === undefined ? name : `${name} (${reason})`

/** What a command prints, both ways. @throws when it fails, with what it printed. */
export function run(command: string[], { cwd = '/', variables = {} } = {}): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...variables },
    stdin: 'ignore',
  })
  const printed = `${stdout}${stderr}`
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed with ${exitCode}:\n${printed}`)
  return printed
}

/** A folder outside the repository where what takes long to make is kept between runs. */
export const CACHE = process.env.MUSAKONE_TEST_CACHE ?? '/var/cache/musakone-test'

/** Makes `folder` of the cache, unless it is there already; waits while another process makes one. */
export function kept(name: string, make: (folder: string) => void): string {
  const folder = `${CACHE}/${name}`
  mkdirSync(CACHE, { recursive: true })
  return underLock(`${CACHE}/lock`, () => {
    if (existsSync(folder)) return folder
    const unfinished = `${folder}.unfinished`
    const remove = () => run(['rm', '-rf', '--one-file-system', unfinished])
    remove()
    try {
      make(unfinished)
      renameSync(unfinished, folder)
      return folder
    } finally {
      remove()
    }
  })
}
