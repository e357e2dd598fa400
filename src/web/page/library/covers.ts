import { type Signal, signal } from '@preact/signals'
import { call, onEvent, onOpen } from '../connection/socket'

type Image = { uri: string; width?: number | null }

const covers = new Map<string, Signal<string | null>>()
/** Asked for together, once what is drawn now is drawn. */
let wanted = new Set<string>()
const MOST_AT_ONCE = 100
const MOST_KEPT = 2_000

/** Where the cover of that track or album is on this server; null while unknown, and where there is none. */
export function coverOf(uri: string): Signal<string | null> {
  const known = covers.get(uri)
  if (known !== undefined) return known
  if (covers.size > MOST_KEPT) covers.clear()
  const cover = signal<string | null>(null)
  covers.set(uri, cover)
  want(uri)
  return cover
}

function want(uri: string): void {
  if (wanted.size === 0) setTimeout(ask)
  wanted.add(uri)
}

async function ask(): Promise<void> {
  const uris = [...wanted]
  wanted = new Set()
  for (let start = 0; start < uris.length; start += MOST_AT_ONCE) {
    const part = uris.slice(start, start + MOST_AT_ONCE)
    try {
      const images = await call<Record<string, Image[]>>('core.library.get_images', { uris: part })
      for (const uri of part) {
        const cover = covers.get(uri)
        if (cover) cover.value = ownAddress(images[uri] ?? [])
      }
    } catch {
      for (const uri of part) missing.add(uri)
    }
  }
}

/** Those that could not be asked for, for when there is a connection again. */
const missing = new Set<string>()

/** The largest that this server has itself: nothing is fetched from elsewhere. */
function ownAddress(images: readonly Image[]): string | null {
  const ours = images
    .filter(({ uri }) => URL.parse(uri, location.href)?.origin === location.origin)
    .toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))
  return ours[0]?.uri ?? null
}

onOpen(() => {
  for (const uri of missing) want(uri)
  missing.clear()
})

onEvent((name) => {
  if (name === 'playlists_loaded') for (const uri of covers.keys()) want(uri)
})
