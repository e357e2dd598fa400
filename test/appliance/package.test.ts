import { beforeAll, describe, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { debianPackage } from './package'
import { missing, named, run } from './tools'

const MINUTES = 60_000
const REPOSITORY = resolve(import.meta.dir, '../..')
const reason = missing('dpkg-deb', 'lintian', 'systemd-analyze')

describe.skipIf(reason !== undefined)(named('the package', reason), () => {
  let file: string
  beforeAll(() => {
    file = debianPackage()
  }, 5 * MINUTES)

  test(
    'lintian finds nothing to complain of',
    () => {
      expect(run(['lintian', '--allow-root', '--fail-on=error,warning', file])).toBe('')
    },
    5 * MINUTES,
  )

  test('its files are those of root, and readable by all but the configuration', () => {
    const lines = run(['dpkg-deb', '--contents', file]).trim().split('\n')
    const entries = lines.map((line) => line.split(/\s+/))
    expect(entries.filter(([, owner]) => owner !== 'root/root')).toEqual([])
    const odd = entries.filter(([mode = '']) => !/^(drwxr-xr-x|-rw-r--r--)$/.test(mode))
    expect(odd.map(([mode, , , , , path]) => `${mode} ${path}`)).toEqual([
      '-rw-r----- ./etc/musakone/musakone.env',
      '-rwxr-xr-x ./usr/bin/musakone',
    ])
  })

  test(
    'made again elsewhere, it is the same to the last byte',
    () => {
      const copy = join(temporaryFolder(), 'copy')
      const sources = 'tar --exclude=./node_modules --exclude=./dist --create .'
      run(['sh', '-c', `mkdir ${copy} && ${sources} | tar --extract --directory ${copy}`], {
        cwd: REPOSITORY,
      })
      run([process.execPath, 'install', '--frozen-lockfile'], { cwd: copy })
      const options = ['--target', 'linux-x64', '--quick', '--into', 'elsewhere']
      run([process.execPath, 'build.ts', '--release', ...options], { cwd: copy })
      const sums = (folder: string) => run(['cat', 'SHA256SUMS'], { cwd: folder })
      expect(sums(`${copy}/elsewhere`)).toBe(sums(resolve(file, '..')))
      run(['sha256sum', '--check', 'SHA256SUMS'], { cwd: resolve(file, '..') })
    },
    5 * MINUTES,
  )

  test('P16 the units are hardened', () => {
    const exposure = (unit: string) => {
      const path = join(REPOSITORY, 'systemd', unit)
      const printed = run(['systemd-analyze', 'security', '--offline=true', path])
      return Number(/exposure level for .*: ([\d.]+) /.exec(printed)?.[1])
    }
    expect(exposure('musakone.service')).toBeLessThanOrEqual(1.5)
    expect(exposure('musakone-backup.service')).toBeLessThanOrEqual(1.5)
  })
})
