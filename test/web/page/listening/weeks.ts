import { ALBUMS, ARTISTS } from '../../../../src/demo/library/catalogue'
import { type Deed, idsOf, noon, type Play, writeListening } from './listened'

const DAYS = 400
const MINUTE = 60_000
const HABITS: readonly Habit[] = [
  { person: 'admin', keenness: 0.7, taste: 5, from: 17, to: 21 },
  { person: 'Jonas', keenness: 0.9, taste: 1, from: 16, to: 23 },
  { person: 'Aino', keenness: 0.6, taste: 9, from: 8, to: 12 },
  { person: 'Noor', keenness: 0.3, taste: 14, from: 18, to: 22 },
  { person: 'Mika', keenness: 0.8, taste: 3, from: 9, to: 17 },
]
const SEARCHES = ['rain', 'café', 'night bus', 'brass', 'ミライ', 'slow', 'lighthouse']

type Habit = { person: string; keenness: number; taste: number; from: number; to: number }
type Song = NonNullable<Play['song']>

/** Writes 400 days of plays and actions of people with habits. Only the dates differ between runs. */
export function writeWeeks(databasePath: string): void {
  const ids = idsOf(databasePath)
  const chance = dice(7)
  const plays: Play[] = []
  const deeds: Deed[] = []
  for (let daysAgo = DAYS; daysAgo >= 0; daysAgo -= 1) {
    const midnight = noon(daysAgo).getTime() - 12 * 60 * MINUTE
    const isWeekend = [0, 6].includes(noon(daysAgo).getDay())
    for (const { person, keenness, taste, from, to } of HABITS) {
      if (chance() > keenness * (isWeekend ? 0.35 : 1)) continue
      const by = ids[person] ?? 0
      const count = 2 + Math.floor(chance() * 9)
      let at = midnight + (from + chance() * (to - from)) * 60 * MINUTE
      for (let number = 0; number < count && at < Date.now() - 5 * MINUTE; number += 1) {
        const song = pick(SONGS, (taste / 16 + chance() ** 3 * 0.6) % 1)
        const skipped = chance() < 0.12
        const minutes = skipped ? chance() * 2 : 2.5 + chance() * 3
        plays.push({
          at: new Date(at),
          by,
          song,
          minutes,
          reason: skipped ? 'skipped' : 'finished',
          endedBy: skipped ? (chance() < 0.4 ? by : (ids.Jonas ?? 0)) : null,
        })
        if (daysAgo < 60) deeds.push(...deedsFor(by, at - 3 * MINUTE, song, chance))
        at += minutes * MINUTE
      }
    }
  }
  writeListening(databasePath, { plays, deeds })
}

function deedsFor(by: number, at: number, song: Song, chance: () => number): Deed[] {
  const deeds: Deed[] = [{ at: new Date(at), by, type: 'queue_add', song }]
  const [, name, artist] = song
  if (chance() < 0.25) {
    const words = chance() < 0.6 ? pick(SEARCHES, chance()) : chance() < 0.5 ? name : artist
    const metadata = { query: { any: [words] }, results: 1 + Math.floor(chance() * 30) }
    deeds.unshift({ at: new Date(at - MINUTE), by, type: 'search', metadata })
  }
  if (chance() < 0.1) {
    const metadata = { from: 60, volume: Math.floor(30 + chance() * 60) }
    deeds.push({ at: new Date(at + MINUTE), by, type: 'volume_changed', metadata })
  }
  return deeds
}

const SONGS: readonly Song[] = ALBUMS.filter(({ artist }) => artist !== 'various').flatMap(
  ({ id, artist, name, titles }) =>
    titles.split(/\s*[|\n]\s*/).map((title, index): Song => {
      const uri = `demo:track:${id}:${String(index + 1).padStart(2, '0')}`
      return [uri, title, ARTISTS.find((one) => one.id === artist)?.name ?? artist, name]
    }),
)

/** The element at a part of the list's length, 0 to 1. */
function pick<T>(all: readonly T[], part: number): T {
  return all[Math.floor(part * all.length)] as T
}

/** A generator of the same numbers from 0 to 1 in each run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
