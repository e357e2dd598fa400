import { type Static, Type as t } from '@sinclair/typebox'
import { spanOf } from '../http/query'

export const SpanQuery = t.Object(spanOf)
export type SpanQuery = Static<typeof SpanQuery>

export const ExportQuery = t.Object({
  ...spanOf,
  format: t.Optional(
    t.Union([t.Literal('jsonl'), t.Literal('csv'), t.Literal('listenbrainz')], {
      description: 'jsonl if not given',
    }),
  ),
  user: t.Optional(
    t.String({ pattern: '^[1-9][0-9]{0,14}$', description: "Another user's id; for admins" }),
  ),
})
export type ExportQuery = Static<typeof ExportQuery>

const Count = t.Integer({ minimum: 0 })
const Counts = t.Object({
  imported: Count,
  known: t.Integer({ minimum: 0, description: 'There already, and left as they were' }),
})

export const Imported = t.Object({
  actions: Counts,
  plays: Counts,
  invalid: Count,
  problems: t.Array(t.Object({ line: Count, problem: t.String() }), {
    description: 'The first of the invalid ones',
  }),
})
export type Imported = Static<typeof Imported>

export const Forgotten = t.Object({
  actions: t.Integer({ minimum: 0, description: 'Actions that were deleted' }),
  plays: t.Integer({
    minimum: 0,
    description: 'Plays that have lost the name and stay, and brought ones that were deleted',
  }),
})
export type Forgotten = Static<typeof Forgotten>

/** What was deleted of that which a user has brought. */
export const Removed = t.Object({ actions: Count, plays: Count })
export type Removed = Static<typeof Removed>

export const IncognitoSwitch = t.Object({ on: t.Boolean() })
