import { type Static, Type as t } from '@sinclair/typebox'

const Time = t.Integer({ description: 'Unix seconds' })

/** How a session is proved: by a login, by an API key, or by the word of a trusted proxy. */
export const SessionKind = t.Union([t.Literal('login'), t.Literal('key'), t.Literal('header')])
export type SessionKind = Static<typeof SessionKind>

export const SessionEntry = t.Object({
  id: t.Integer(),
  kind: SessionKind,
  name: t.Union([t.String(), t.Null()], { description: 'Of an API key' }),
  device: t.Union([t.String(), t.Null()], { description: 'Like `Safari on iPhone`' }),
  user_agent: t.Union([t.String(), t.Null()]),
  ip: t.Union([t.String(), t.Null()]),
  created_at: Time,
  last_seen: Time,
  expires_at: t.Union([t.Integer(), t.Null()], { description: 'Unix seconds; null: never' }),
  current: t.Boolean({ description: 'Whether it is the one that asks' }),
})
export type SessionEntry = Static<typeof SessionEntry>
