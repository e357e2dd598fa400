import { batch, computed, signal } from '@preact/signals'
import type { Queue } from '../../../listening/model'
import { api } from '../connection/api'
import { call, mopidyOnline, onEvent, onOpen } from '../connection/socket'
import { sentences } from '../language/language'
import { whenCalm } from '../opening/calm'
import { complain, say } from '../shell/toasts'

export type QueueEntry = Queue['tracks'][number]
/** A song that was added here, and that Mopidy has not confirmed yet. */
export type Arrival = { key: number; name: string; artist: string; uri: string }

/** The queue in its order; entries that have not been fetched yet are undefined. */
export const entries = signal<readonly (QueueEntry | undefined)[]>([])
export const arrivals = signal<readonly Arrival[]>([])
export const currentTlid = signal<number | null>(null)
export const queueLoaded = signal(false)
export const queueProblem = signal<string | null>(null)
/** The length of the queue, arrivals included. */
export const queueLength = computed(() => entries.value.length + arrivals.value.length)

const SOON_MS = 60
const PAGE = 100
/** The most entries of one request. */
const LONGEST = 10_000

let version = 0
let loadedVersion = -1
let changes = 0
let shown: readonly [first: number, last: number] = [0, PAGE]
let timer: ReturnType<typeof setTimeout> | undefined
let loading = false

/** Tells which places are visible; missing entries are fetched. */
export function look(first: number, last: number): void {
  shown = [first, last]
  const all = entries.value
  for (let place = first; place <= Math.min(last, all.length - 1); place += 1)
    if (all[place] === undefined) return void loadQueue()
}

/** The five entries after the one that plays. */
export const upNext = computed(() => {
  const all = entries.value
  const at = all.findIndex((entry) => entry?.tlid === currentTlid.value)
  return all.slice(at + 1, at + 6).flatMap((entry) => entry ?? [])
})

export function refreshQueue(): void {
  version += 1
  clearTimeout(timer)
  timer = setTimeout(loadQueue, SOON_MS)
}

/** Fetches the visible part of the queue. */
export async function loadQueue(): Promise<void> {
  if (loading) return
  loading = true
  const asked = version
  const [first, last] = shown
  const offset = Math.max(0, first - PAGE / 2)
  try {
    const queue = await api.queue(offset, Math.min(LONGEST, last - offset + PAGE))
    queueProblem.value = null
    if (changes === 0) take(queue, offset, asked)
  } catch (error) {
    queueProblem.value = error instanceof Error ? error.message : String(error)
  }
  loading = false
  if (asked !== version) {
    clearTimeout(timer)
    timer = setTimeout(loadQueue, SOON_MS)
  } else if (queueProblem.value === null && changes === 0) look(...shown)
}

function take({ tracks, total, current_tlid: current }: Queue, offset: number, asked: number) {
  // In another version of the queue, the entries that were fetched before may be at other places.
  const keeps = asked === loadedVersion && entries.value.length === total
  const all = keeps ? [...entries.value] : new Array<QueueEntry | undefined>(total).fill(undefined)
  for (const [index, track] of tracks.entries()) all[offset + index] = track
  loadedVersion = asked
  batch(() => {
    entries.value = all
    currentTlid.value = current
    queueLoaded.value = true
    for (const then of onceRefreshed.splice(0)) then()
  })
}

const onceRefreshed: (() => void)[] = []

/** Fetches the queue again, and calls `then` in the same rendering in which the new queue is shown. */
export function refreshQueueThen(then: () => void): void {
  onceRefreshed.push(then)
  refreshQueue()
}

/** Fetches every entry of the queue. */
export async function wholeQueue(): Promise<QueueEntry[]> {
  return (await api.queue(0, LONGEST)).tracks
}

/**
 * Shows a change of the queue at once, makes it, and shows the earlier queue when it fails; whether
 * it worked.
 */
async function change(next: readonly (QueueEntry | undefined)[], make: () => Promise<unknown>) {
  const before = entries.value
  entries.value = next
  changes += 1
  try {
    await make()
    return true
  } catch (error) {
    entries.value = before
    complain(error)
    return false
  } finally {
    changes -= 1
    refreshQueue()
  }
}

export const nameOf = ({ name }: { name: string | null }): string => name || sentences().untitled

export async function removeEntry(entry: QueueEntry): Promise<void> {
  const place = entries.value.findIndex((other) => other?.tlid === entry.tlid)
  const without = entries.value.filter((other) => other?.tlid !== entry.tlid)
  const done = await change(without, () =>
    call('core.tracklist.remove', { criteria: { tlid: [entry.tlid] } }),
  )
  if (!done) return
  say(sentences().removed(nameOf(entry)), {
    label: sentences().undo,
    run: () =>
      void call('core.tracklist.add', { uris: [entry.uri], at_position: place }).catch(complain),
  })
}

/** Moves an entry to another place, counted without the entry itself; whether it worked. */
export function moveEntry(entry: QueueEntry, to: number): Promise<boolean> {
  const from = entries.value.findIndex((other) => other?.tlid === entry.tlid)
  if (from < 0 || from === to || to < 0 || to >= entries.value.length) return Promise.resolve(false)
  const moved = [...entries.value]
  moved.splice(from, 1)
  moved.splice(to, 0, entry)
  return change(moved, () =>
    call('core.tracklist.move', { start: from, end: from + 1, to_position: to }),
  )
}

/** Empties the queue; a toast offers to undo it. */
export async function clearQueue(): Promise<void> {
  const before = await wholeQueue().catch(complain)
  if (!before) return
  const playing = before.findIndex(({ tlid }) => tlid === currentTlid.value)
  const done = await change([], () => call('core.tracklist.clear'))
  if (!done) return
  say(sentences().cleared(before.length), {
    label: sentences().undo,
    run: () => void restore(before, playing).catch(complain),
  })
}

async function restore(tracks: readonly QueueEntry[], playing: number): Promise<void> {
  const added: { tlid: number }[] = []
  for (const uris of inFrames(tracks.map(({ uri }) => uri)))
    added.push(...(await call<{ tlid: number }[]>('core.tracklist.add', { uris })))
  const tlid = added[playing]?.tlid
  if (tlid !== undefined) await call('core.playback.play', { tlid })
}

export const shuffleQueue = (): void => void call('core.tracklist.shuffle').catch(complain)

/** The URIs in parts that each fit into one WebSocket frame. */
export function inFrames(uris: readonly string[]): string[][] {
  const parts: string[][] = [[]]
  let length = 0
  for (const uri of uris) {
    length += JSON.stringify(uri).length + 1
    if (length > 40_000) {
      parts.push([])
      length = uri.length
    }
    parts.at(-1)?.push(uri)
  }
  return parts.filter((part) => part.length > 0)
}

onOpen((isFirst) => {
  if (!mopidyOnline.value) return
  if (isFirst) whenCalm(refreshQueue)
  else refreshQueue()
})

// Playback events change the times at which entries start.
onEvent((name) => {
  if (/^(tracklist|queue_attr|playback_state|track_playback_started|seeked|options)/.test(name))
    refreshQueue()
})
