import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  writeSync,
} from 'node:fs'
import { StartError } from '../../errors'
import { asOwnerOf, mayHavePlanted, ownerOf } from '../owner'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
const AT_ONCE = 1024 * 1024

/**
 * Opens a file that is to be put beside the database at `path`, as the owner of that folder, or, where the
 * owner may not read it, as this user. A descriptor; undefined when there is no file.
 * @throws {StartError} when the owner may have planted a link to a file that only root may read.
 */
export function openBackup(file: string, path: string): number | undefined {
  try {
    // A pipe without a writer would hold up the opening of it for ever.
    return asOwnerOf(path, () => openSync(file, O_RDONLY | O_NONBLOCK))
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT') return undefined
    const owner = ownerOf(path)
    if (owner === undefined || code !== 'EACCES') throw error
    if (mayHavePlanted(owner, file))
      throw new StartError(
        `${file} may be a link that the user of the service has made: copy the backup to a folder of your own first`,
      )
    try {
      return openSync(realpathSync(file), O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined
      throw error
    }
  }
}

/** Copies what a descriptor reads into a new file with mode 0600. */
export function copyTo(descriptor: number, file: string): void {
  const copy = openSync(file, 'wx', 0o600)
  try {
    const bytes = new Uint8Array(AT_ONCE)
    for (let at = 0; ; ) {
      const read = readSync(descriptor, bytes, 0, bytes.length, at)
      if (read === 0) return
      for (let written = 0; written < read; )
        written += writeSync(copy, bytes, written, read - written)
      at += read
    }
  } finally {
    closeSync(copy)
  }
}

/** Whether the descriptor is of a plain file. */
export const isPlainFile = (descriptor: number): boolean => fstatSync(descriptor).isFile()
