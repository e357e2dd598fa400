import { expect } from 'bun:test'
import { isRecord } from '../../../src/json'
import type { Call } from '../../../src/mopidy/call'
import description from '../../../src/mopidy/describe.json'
import { toMopidy } from '../../../src/mopidy/jsonrpc'

type Members = Readonly<Record<string, (value: unknown) => boolean>>

const text = (value: unknown) =>
  typeof value === 'string' && value.isWellFormed() && value.length <= 4_096
const count = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
const uri = (value: unknown) => text(value) && /^[a-z][a-z0-9+.-]*:/i.test(String(value))
const date = (value: unknown) => /^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$/.test(String(value))
const uuid = (value: unknown) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(String(value))
const list = (of: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(of)
const a = (name: string) => (value: unknown) =>
  isRecord(value) && value.__model__ === name && wrongInModel(value) === undefined
const optional = (check: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || value === null || check(value)

const all = (check: (value: unknown) => boolean, ...names: string[]): Members =>
  Object.fromEntries(names.map((name) => [name, optional(check)]))

// What both 3.4.1 and 4.0.1 take as a model, written down from their sources and not from ours.
const MODELS: Readonly<Record<string, Members>> = {
  Artist: { ...all(text, 'uri', 'name', 'sortname'), ...all(uuid, 'musicbrainz_id') },
  Album: {
    ...all(text, 'uri', 'name'),
    ...all(list(a('Artist')), 'artists'),
    ...all(count, 'num_tracks', 'num_discs'),
    ...all(date, 'date'),
    ...all(uuid, 'musicbrainz_id'),
  },
  Track: {
    uri,
    ...all(text, 'name', 'genre', 'comment'),
    ...all(list(a('Artist')), 'artists', 'composers', 'performers'),
    ...all(a('Album'), 'album'),
    ...all(count, 'track_no', 'disc_no', 'length', 'bitrate', 'last_modified'),
    ...all(date, 'date'),
    ...all(uuid, 'musicbrainz_id'),
  },
  TlTrack: { tlid: (value) => count(value) && value !== 0, track: a('Track') },
  Playlist: {
    uri,
    ...all(text, 'name'),
    ...all(list(a('Track')), 'tracks'),
    ...all(count, 'last_modified'),
  },
}

const FIELDS = [
  ...['uri', 'name', 'track_name', 'album', 'artist', 'albumartist', 'composer', 'performer'],
  ...['track_no', 'disc_no', 'genre', 'date', 'comment', 'any', 'musicbrainz_id'],
  ...['musicbrainz_albumid', 'musicbrainz_artistid', 'musicbrainz_trackid'],
]

/** The parameters of each method in Mopidy's order, as Mopidy describes them. */
export const parametersOf = new Map(
  Object.entries<{ params: { name: string }[] }>(description).map(([name, { params }]) => [
    name,
    params.map((param) => param.name),
  ]),
)

/** Fails unless nothing in the call can make Mopidy, 3.4 or 4.0, drop the connection. */
export function expectSafe({ name, params }: Call): void {
  const unknown = Object.keys(params).filter((param) => !parametersOf.get(name)?.includes(param))
  expect([name, unknown]).toEqual([name, []])
  expect(params).not.toHaveProperty('tracks')
  // What JSON cannot carry would arrive as something else.
  const sent = JSON.parse(toMopidy(1, name, params)) as { params: Record<string, unknown> }
  expect(Object.keys(sent.params)).toEqual(Object.keys(params))
  const wrong = Object.entries(sent.params).find(([, value]) => !safe(value))
  expect([name, wrong]).toEqual([name, undefined])
}

function safe(value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return count(value)
  if (Array.isArray(value)) return value.every(text)
  if (!isRecord(value)) return false
  return '__model__' in value ? wrongInModel(value) === undefined : isQuery(value)
}

function isQuery(query: Record<string, unknown>): boolean {
  return Object.entries(query).every(([field, values]) =>
    field === 'tlid' ? list(count)(values) : FIELDS.includes(field) && list(text)(values),
  )
}

/** The first member of a model that is not right, those that are missing included. */
function wrongInModel({ __model__: name, ...members }: Record<string, unknown>) {
  const known = MODELS[String(name)]
  if (known === undefined) return '__model__'
  const names = new Set([...Object.keys(known), ...Object.keys(members)])
  return [...names].find((member) => {
    const right = Object.hasOwn(known, member) ? known[member] : undefined
    return right === undefined || !right(members[member])
  })
}
