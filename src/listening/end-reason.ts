import { type Static, Type as t } from '@sinclair/typebox'

/** How a play came to its end; `lost` when nobody can tell. */
export const EndReason = t.Union([
  t.Literal('finished'),
  t.Literal('skipped'),
  t.Literal('stopped'),
  t.Literal('replaced'),
  t.Literal('lost'),
])
export type EndReason = Static<typeof EndReason>
