import { isRecord } from '../../json'
import type { Stats } from '../model'
import type { Tops } from './tops'

/** The top lists as the replies have them. */
export const topLists = (tops: Tops, limit: number) => ({
  played: async (): Promise<Stats['most_played']> => ({
    tracks: (await tops.topTracks('tracksPlayed', limit)).map(
      ({ times, listenedMs, ...track }) => ({
        ...track,
        plays: times,
        listened_ms: listenedMs,
      }),
    ),
    artists: (await tops.topTexts('artistsPlayed', limit)).map(playedArtist),
    albums: (await tops.topTexts('albumsPlayed', limit)).map(({ text, times, listenedMs }) => {
      const [album, artist] = JSON.parse(text) as [string, string | null]
      return { album, artist, plays: times, listened_ms: listenedMs }
    }),
  }),

  queued: async (): Promise<Stats['most_queued']> => ({
    tracks: (await tops.topTracks('tracksQueued', limit)).map(
      ({ times, listenedMs: _, ...track }) => ({
        ...track,
        queued: times,
      }),
    ),
    artists: (await tops.topTexts('artistsQueued', limit)).map(({ text, times }) => ({
      artist: text,
      queued: times,
    })),
  }),

  skipped: async (): Promise<Stats['most_skipped']['tracks']> =>
    (await tops.topTracks('tracksSkipped', limit)).map(({ times, listenedMs: _, ...track }) => ({
      ...track,
      skipped: times,
    })),

  searched: async (): Promise<Stats['most_searched']> =>
    (await tops.topTexts('searches', limit)).map(({ text, times }) => {
      const query = queryIn(text)
      return { words: wordsIn(query).join(' '), query, searches: times }
    }),
})

export const playedArtist = (row: { text: string; times: number; listenedMs: number }) => ({
  artist: row.text,
  plays: row.times,
  listened_ms: row.listenedMs,
})

/** A query as it was asked; rows that others wrote may hold a bare text. */
function queryIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function wordsIn(query: unknown): string[] {
  if (Array.isArray(query)) return query.flatMap(wordsIn)
  if (isRecord(query)) return Object.values(query).flatMap(wordsIn)
  return query === null ? [] : [String(query)]
}
