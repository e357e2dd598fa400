import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { run } from './tools'

const REPOSITORY = resolve(import.meta.dir, '../..')
let made: string | undefined

/** The path of the package for this machine, made from the sources as they are, once a test run. */
export function debianPackage(): string {
  if (made !== undefined) return made
  const folder = join(temporaryFolder(), 'dist')
  const options = ['--target', 'linux-x64', '--quick', '--into', folder]
  run([process.execPath, 'build.ts', '--release', ...options], { cwd: REPOSITORY })
  made = join(folder, readdirSync(folder).find((name) => name.endsWith('.deb')) ?? '')
  return made
}

/** The same package as another version of it; its path. */
export function anotherVersion(version: string): string {
  const folder = temporaryFolder()
  run(['dpkg-deb', '--raw-extract', debianPackage(), `${folder}/content`])
  run(['sed', '-i', `s/^Version: .*/Version: ${version}/`, `${folder}/content/DEBIAN/control`])
  const file = `${folder}/musakone_${version}_amd64.deb`
  run(['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', `${folder}/content`, file])
  return file
}
