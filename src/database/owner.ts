import { lstatSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

type Owner = Readonly<{ uid: number; gid: number }>

const MOST_LINKS = 40

/**
 * Does work in the folder of `path` as the owner of that folder, when this process is root's: whoever
 * may write there may have planted links, and these lead root anywhere. Others do it as they are. The work
 * must be done when it returns.
 */
export function asOwnerOf<T>(path: string, work: () => T): T {
  const owner = ownerOf(path)
  if (owner === undefined) return work()
  const groups = process.getgroups?.() ?? []
  become(owner)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
    process.setgroups?.(groups)
  }
}

/** Becomes the owner of the folder of `path` for good, when this process is root's. */
export function becomeOwnerOf(path: string): void {
  const owner = ownerOf(path)
  if (owner !== undefined) become(owner)
}

/** The user as whom `asOwnerOf` does work there; undefined when that is nobody else. */
export function ownerOf(path: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined
  const folder = dirname(resolve(path))
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found !== undefined && found.uid !== 0) return found
  // A folder of root's may be where a link leads that somebody else has planted.
  return namesOn(folder).find(({ uid }) => uid !== 0)
}

/** Whether the user may have planted a link that leads to the file, or put the file there. */
export function mayHavePlanted({ uid }: Owner, file: string): boolean {
  const onTheWay = [...namesOn(dirname(resolve(file))), ...namesOn(file).filter(isLink)]
  return onTheWay.some((name) => name.uid === uid)
}

type Name = Owner & Readonly<{ isLink: boolean }>
const isLink = (name: Name) => name.isLink

/** The folders and links that lead to a path, from the top, up to the first that is not there. */
function namesOn(path: string): Name[] {
  const names: Name[] = []
  let left = partsOf(resolve(path))
  let at = '/'
  for (let links = 0; left.length > 0 && links < MOST_LINKS; ) {
    const next = resolve(at, left[0] ?? '')
    const found = lstatSync(next, { throwIfNoEntry: false })
    if (found === undefined) return names
    const { uid, gid } = found
    names.push({ uid, gid, isLink: found.isSymbolicLink() })
    left = left.slice(1)
    if (found.isSymbolicLink()) {
      left = [...partsOf(resolve(at, readlinkSync(next))), ...left]
      at = '/'
      links += 1
    } else at = next
  }
  return names
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '')

// The user last: only root may change the groups.
function become({ uid, gid }: Owner): void {
  process.setgroups?.([gid])
  process.setegid?.(gid)
  process.seteuid?.(uid)
}
