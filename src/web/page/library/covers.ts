import { type Signal, signal } from '@preact/signals'
import { call, onEvent, onOpen } from '../connection/socket'

type Image = { uri: string; width?: number | null }

const covers = new Map<string, Signal<string | null>>()
/** The addresses whose covers are asked for in one call, after the current rendering. */
let wanted = new Set<string>()
const MOST_AT_ONCE = 100
const MOST_KEPT = 2_000

/**
 * The address of a track's or album's cover on this server; null while it is unknown and where
 * there is none.
 */
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

/** The addresses whose call failed; they are asked for again on the next connection. */
const missing = new Set<string>()

/** The largest image on this server's own origin: the page fetches nothing from elsewhere. */
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
