import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { resolve } from 'node:path'
import { underLock } from './lock'

const REPOSITORY = resolve(import.meta.dir, '../..')
const DIST = resolve(REPOSITORY, 'dist')
// What `build.ts` reads.
const SOURCES = [
  'src',
  'systemd',
  'build.ts',
  'package.json',
  'bun.lock',
  'tsconfig.json',
  'LICENSE',
]
const KEPT_MS = 3_600_000

/**
 * The folder that `build` has filled from the sources as they are: by this process, or by another one of
 * the same sources, whose folder is found. Waits while another process is at it.
 */
export function built(name: string, build: (folder: string) => void): string {
  mkdirSync(DIST, { recursive: true })
  const folder = resolve(DIST, `test-${name}-${sourceState()}`)
  return underLock(resolve(DIST, `test-${name}.lock`), () => {
    if (!existsSync(folder)) {
      forgetOld(`test-${name}-`)
      const draft = `${folder}.draft`
      rmSync(draft, { recursive: true, force: true })
      build(draft)
      renameSync(draft, folder)
    }
    utimesSync(folder, new Date(), new Date())
    return folder
  })
}

/** A hash of all that what is built depends on; another one after any change. */
export function sourceState(root = REPOSITORY): string {
  const hash = new Bun.CryptoHasher('sha256')
  hash.update(`${Bun.version}\n${commit(root)}\n`)
  for (const source of SOURCES)
    for (const file of filesIn(root, source)) {
      const content = readFileSync(resolve(root, file))
      hash.update(`${file}\n${content.length}\n`).update(content)
    }
  return hash.digest('hex').slice(0, 16)
}

/** The executable tells its commit, and whether anything has changed since. */
function commit(root: string): string {
  const git = (...args: string[]) => Bun.spawnSync(['git', ...args], { cwd: root }).stdout
  return `${git('describe', '--always', '--exclude=*', '--dirty')} ${process.env.SOURCE_DATE_EPOCH}`
}

function filesIn(root: string, source: string): string[] {
  const stat = statSync(resolve(root, source), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat === undefined ? [] : [source]
  return [...new Bun.Glob(`${source}/**/*`).scanSync({ cwd: root, dot: true })].sort()
}

/** Folders that no process has asked for in an hour. */
function forgetOld(start: string): void {
  for (const name of readdirSync(DIST).filter((each) => each.startsWith(start))) {
    const path = resolve(DIST, name)
    if (statSync(path).mtimeMs < Date.now() - KEPT_MS) rmSync(path, { recursive: true })
  }
}
