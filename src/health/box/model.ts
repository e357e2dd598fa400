import { type Static, Type as t } from '@sinclair/typebox'

const FoundThing = t.Object({
  check: t.String({ description: '`mopidy`, or `front door`' }),
  mark: t.Union([t.Literal('ok'), t.Literal('note'), t.Literal('wrong'), t.Literal('unknown')]),
  message: t.String(),
  remedy: t.Optional(t.String({ description: 'What to do about it' })),
})

export const Box = t.Object({
  first_start: t.Boolean({ description: 'Whether nobody else has an account, or an invite, yet' }),
  findings: t.Array(FoundThing),
})
export type Box = Static<typeof Box>

const HeldBackEntry = t.Object({
  user_id: t.Union([t.Integer(), t.Null()], { description: 'null: nobody had signed in' }),
  who: t.String({ description: 'The name, or the address' }),
  budget: t.String(),
  says: t.String({ description: 'What was used up, with its bound' }),
  times: t.Integer(),
  last_at: t.Integer({ description: 'Unix seconds' }),
})

export const HeldBackList = t.Object({
  held_back: t.Array(HeldBackEntry, { description: 'The latest first; since the start' }),
})
export type HeldBackList = Static<typeof HeldBackList>

export const Backup = t.Object({
  name: t.String({ description: 'Of the file' }),
  bytes: t.Integer(),
  created_at: t.Integer({ description: 'Unix seconds' }),
})
export type Backup = Static<typeof Backup>

export const BackupList = t.Object({
  folder: t.Union([t.String(), t.Null()], {
    description: 'On this machine; null where all is in memory, and nothing can be backed up.',
  }),
  backups: t.Array(Backup, { description: 'The newest first' }),
})
export type BackupList = Static<typeof BackupList>
