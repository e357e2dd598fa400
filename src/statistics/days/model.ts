import { type Static, Type as t } from '@sinclair/typebox'
import { RoomStatsQuery, StatsQuery } from '../model'

const { from, to, tz } = RoomStatsQuery.properties

export const DaysQuery = t.Object({ from, to, tz, room: StatsQuery.properties.room })
export type DaysQuery = Static<typeof DaysQuery>

const Count = t.Integer({ minimum: 0 })

export const Days = t.Object({
  tz: t.String({ description: 'The time zone of the days' }),
  days: t.Array(
    t.Object({
      day: t.String({ description: 'Such as 2026-01-05' }),
      actions: Count,
      plays: Count,
      listened_ms: Count,
    }),
    { description: 'Oldest first; only days on which something was done or heard' },
  ),
})
export type Days = Static<typeof Days>
