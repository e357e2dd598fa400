import { Type as t } from '@sinclair/typebox'

/** A text, or null where there is none. */
export const Text = t.Union([t.String(), t.Null()])

/** Somebody, as replies name them. */
export const Person = t.Object({ id: t.Integer(), username: t.String() })

/** The reply of what has nothing else to tell. */
export const Done = t.Object({ ok: t.Literal(true) })
