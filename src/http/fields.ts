import { Type as t } from '@sinclair/typebox'

/** A text, or null where there is none. */
export const Text = t.Union([t.String(), t.Null()])

/** A user, as replies name one. */
export const Person = t.Object({ id: t.Integer(), username: t.String() })

/** The reply to a request that asked for nothing but a change. */
export const Done = t.Object({ ok: t.Literal(true) })
