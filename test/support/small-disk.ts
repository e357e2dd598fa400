import { statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from './end'
import { temporaryFolder } from './executable'

/** A folder on a disk of its own, of so many bytes; undefined where that is not allowed. */
export function smallDisk(bytes: number): string | undefined {
  const folder = temporaryFolder()
  const { success } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'none', folder])
  if (!success) return undefined
  atEnd(() => Bun.spawnSync(['umount', '-l', folder]))
  return folder
}

/** Fills the disk of that folder with a file, up to so many bytes. */
export function fillDisk(folder: string, left: number): void {
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(join(folder, 'filling'), new Uint8Array(Math.max(0, bavail * bsize - left)))
}
