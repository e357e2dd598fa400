import { connectOwn, type OwnSocket } from '../support/own-socket'
import type { TestMusakone } from '../support/test-musakone'

export type Row = {
  id: number
  action_type: string
  track_uri: string | null
  track_name: string | null
  artist: string | null
  position_ms: number | null
  metadata: Record<string, unknown> | null
  timestamp: number
  user: { id: number; username: string } | null
}
export type Page = { actions: Row[]; next_cursor: string | null }

/** A page of somebody's history, through the door. */
export async function historyOf(
  musakone: TestMusakone,
  token: string,
  query: Record<string, string | number> = {},
): Promise<Page> {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) search.set(name, String(value))
  const reply = await musakone.request(`/api/analytics/history?${search}`, { token })
  if (!reply.ok) throw new Error(`history: ${reply.status} ${await reply.text()}`)
  return (await reply.json()) as Page
}

/** A signed-in socket. */
export async function signIn(musakone: TestMusakone, token: string): Promise<OwnSocket> {
  const client = await connectOwn(musakone.socketUrl)
  await client.signIn(token)
  return client
}

/** Calls a method that has to work; its result. */
export async function done<Result = unknown>(
  client: OwnSocket,
  method: string,
  params: unknown = {},
): Promise<Result> {
  const answer = await client.call(method, params)
  if (answer.type !== 'mopidy_response') throw new Error(JSON.stringify(answer))
  return answer.result as Result
}

export type Added = { tlid: number; track: { uri: string; name: string; length: number } }

/** Puts tracks of one album of the demo into the queue. */
export function addTracks(client: OwnSocket, ...numbers: number[]): Promise<Added[]> {
  return done(client, 'core.tracklist.add', { uris: numbers.map(hymn) })
}

/** A track of The Kettle Hymnal, from 1. */
export const hymn = (number: number) =>
  `demo:track:the-kettle-hymnal:${String(number).padStart(2, '0')}`

export const HYMNS = ['The Bread Is Rising', 'Small Hours, Big Kitchen', 'Hymn to the Second Cup']
export const CHOIR = 'The Tidewater Choir'
