import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Writes the file, or the entries of a folder, to the disk; returns when they are there. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } catch (error) {
    // Some file systems, such as network shares, cannot sync folders.
    if ((error as { code?: string }).code !== 'EINVAL') throw error
  } finally {
    closeSync(descriptor)
  }
}
