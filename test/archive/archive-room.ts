import type { TestMusakone } from '../support/test-musakone'

export type Imported = {
  actions: { imported: number; known: number }
  plays: { imported: number; known: number }
  invalid: number
  problems: { line: number; problem: string }[]
}

type Values = Record<string, unknown>

/** The record of a play, heard whole at the time that is given. */
export const playRecord = (values: Values = {}): Values => ({
  record: 'play',
  started_at_ms: Date.UTC(2025, 5, 1),
  track_uri: 'local:track:1',
  track_name: 'Song',
  artist: 'Anna',
  album: 'First',
  length_ms: 180_000,
  listened_ms: 180_000,
  end_reason: 'finished',
  queued_by_me: true,
  started_by_me: false,
  ended_by_me: false,
  ...values,
})

export const actionRecord = (values: Values = {}): Values => ({
  record: 'action',
  timestamp: Date.UTC(2025, 5, 1) / 1_000,
  action_type: 'queue_add',
  track_uri: 'local:track:1',
  track_name: 'Song',
  artist: 'Anna',
  position_ms: null,
  metadata: null,
  ...values,
})

export const linesOf = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

type Sent = { token: string; body: NonNullable<RequestInit['body']>; type?: string }

/** Sends a file to be imported. */
export function send(
  musakone: TestMusakone,
  { token, body, type = 'application/jsonl' }: Sent,
): Promise<Response> {
  return musakone.request('/api/analytics/import', {
    method: 'POST',
    token,
    headers: { 'content-type': type },
    body,
  })
}

/** Imports records, which has to work; the reply. */
export async function bringRecords(
  musakone: TestMusakone,
  token: string,
  records: readonly unknown[],
): Promise<Imported> {
  const reply = await send(musakone, { token, body: linesOf(records) })
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
  return (await reply.json()) as Imported
}
