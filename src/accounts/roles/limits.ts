import { type Static, type TSchema, Type as t } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { AppError } from '../../errors'
import type { Role } from './role'

const orNone = <S extends TSchema>(schema: S, description: string) =>
  t.Union([schema, t.Null()], { description: `${description}; null: no limit` })

/** Bounds of what a role may do. */
export const RoleLimits = t.Object({
  max_queued: orNone(
    t.Integer({ minimum: 1, maximum: 10_000 }),
    'Tracks in the queue at once that one user has queued',
  ),
  adds_per_minute: orNone(
    t.Integer({ minimum: 1, maximum: 10_000 }),
    'Tracks that one user may add within any 60 s',
  ),
  longest_track_ms: orNone(
    t.Integer({ minimum: 1_000, maximum: 604_800_000 }),
    'Of a track that is added, in milliseconds; with it, no streams',
  ),
  volume_ceiling: orNone(
    t.Integer({ minimum: 0, maximum: 100 }),
    'The highest volume that may be set',
  ),
  uri_schemes: orNone(
    t.Array(t.String({ pattern: '^[A-Za-z][A-Za-z0-9+.-]{0,31}$' }), {
      minItems: 1,
      maxItems: 50,
    }),
    'What may be added, by the beginning of its URI: `["local", "spotify"]`',
  ),
  import_rows_per_day: orNone(
    t.Integer({ minimum: 1, maximum: 100_000_000 }),
    'Rows that one user may bring by imports within a day',
  ),
  import_mib_per_day: orNone(
    t.Integer({ minimum: 1, maximum: 1_000_000 }),
    'MiB of files that one user may send for imports within a day',
  ),
})
export type RoleLimits = Static<typeof RoleLimits>
export type LimitName = keyof RoleLimits

const MUST_BE: Readonly<Record<LimitName, string>> = {
  max_queued: 'a whole number from 1 to 10000',
  adds_per_minute: 'a whole number from 1 to 10000',
  longest_track_ms: 'a whole number of milliseconds from 1000 to 604800000',
  volume_ceiling: 'a whole number from 0 to 100',
  uri_schemes: 'a list of 1 to 50 URI schemes',
  import_rows_per_day: 'a whole number from 1 to 100000000',
  import_mib_per_day: 'a whole number from 1 to 1000000',
}

const NONE: RoleLimits = {
  max_queued: null,
  adds_per_minute: null,
  longest_track_ms: null,
  volume_ceiling: null,
  uri_schemes: null,
  import_rows_per_day: null,
  import_mib_per_day: null,
}

/** Ten years of a person who hears sixty tracks a day; the file of it has some 80 MB. */
const IMPORTS = { import_rows_per_day: 200_000, import_mib_per_day: 128 }

/** The limits of each role as long as no admin has said otherwise. */
export const DEFAULT_LIMITS: Readonly<Record<Role, RoleLimits>> = {
  guest: {
    ...NONE,
    max_queued: 20,
    adds_per_minute: 30,
    longest_track_ms: 15 * 60_000,
    ...IMPORTS,
  },
  member: { ...NONE, ...IMPORTS },
  admin: NONE,
}

/**
 * The limits that are given, checked.
 * @throws {AppError} `invalid_request` names the first that is wrong, without its value.
 */
export function readLimits(given: Readonly<Record<string, unknown>>): Partial<RoleLimits> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(MUST_BE, name))
      throw invalid(`limits may have ${Object.keys(MUST_BE).join(', ')}.`)
    const limit = name as LimitName
    if (!Value.Check(RoleLimits.properties[limit], value))
      throw invalid(`limits.${limit} must be ${MUST_BE[limit]}, or null for none.`)
  }
  const { uri_schemes: schemes } = given as Partial<RoleLimits>
  if (!schemes) return given
  return { ...given, uri_schemes: [...new Set(schemes.map((scheme) => scheme.toLowerCase()))] }
}

const invalid = (message: string) => new AppError('invalid_request', message)
