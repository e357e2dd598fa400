import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Returns when what was written to the file, or to the list of a folder, is on the disk. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } catch (error) {
    // Some file systems, such as those of network shares, know no such thing of folders.
    if ((error as { code?: string }).code !== 'EINVAL') throw error
  } finally {
    closeSync(descriptor)
  }
}
