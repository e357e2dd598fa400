import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { built } from '../support/built'
import { temporaryFolder } from '../support/executable'
import { run } from './tools'

const REPOSITORY = resolve(import.meta.dir, '../..')
let made: string | undefined

/** The path of the package for this machine, made from the sources as they are, once a state of these. */
export function debianPackage(): string {
  made ??= packageIn(`${built('package', makePackage)}/dist`)
  return made
}

function makePackage(folder: string): void {
  const options = ['--target', 'linux-x64', '--quick', '--into', join(folder, 'dist')]
  run([process.execPath, 'build.ts', '--release', ...options], { cwd: REPOSITORY })
}

function packageIn(folder: string): string {
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.deb')) ?? '')
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
