import type { Forgotten, Imported } from '../../../archive/model'
import type { Room } from '../../../gateway/room/model'
import type { ActionHistory, PlaybackHistory } from '../../../history/model'
import type { Days } from '../../../statistics/days/model'
import type { Review, Stats } from '../../../statistics/model'
import { get, read, send } from '../connection/api'

export type { ActionHistory, Days, Imported, PlaybackHistory, Review, Room, Stats }
export type Whose = 'mine' | 'room'

/** The browser's time zone: the server counts days by it. */
const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
const TOP = 10

type Values = Record<string, string | number | undefined>

/** The requests of the listening and room screens. */
export const ask = {
  stats: (whose: Whose, from: number | undefined) =>
    get<Stats>(`/api/analytics/stats${ofRoom(whose)}${query({ tz, from, limit: TOP })}`),
  days: (whose: Whose, from: number | undefined) =>
    get<Days>(
      `/api/analytics/days${query({ tz, from, room: whose === 'room' ? 'true' : undefined })}`,
    ),
  review: (whose: Whose, year: number) =>
    get<Review>(`/api/analytics/review/${year}${ofRoom(whose)}${query({ tz })}`),
  actions: (values: Values) => get<ActionHistory>(`/api/analytics/history${query(values)}`),
  plays: (values: Values) => get<PlaybackHistory>(`/api/playback/history${query(values)}`),
  room: () => get<Room>('/api/room'),

  forget: (from: number | undefined) =>
    send<Forgotten>('DELETE', `/api/analytics/history${query({ from })}`),

  /** @throws {ApiError} */
  async bringBack(file: File): Promise<Imported> {
    const type = /\.csv$/i.test(file.name) ? 'text/csv' : 'application/jsonl'
    return read<Imported>(
      await fetch('/api/analytics/import', {
        method: 'POST',
        headers: { 'content-type': type },
        body: file,
      }),
    )
  },
}

const ofRoom = (whose: Whose) => (whose === 'room' ? '/room' : '')

function query(values: Values): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
