import type { Activity } from './activity'
import { ROOM, type Subject } from './edge-rows'
import type { Figures } from './figures'
import type { Review } from './model'
import type { Amount } from './time/hours'
import { dateOf, type TimeZone } from './time/time-zone'
import type { Counted } from './tops/extra-counts'
import { playedArtist, topLists } from './tops/top-lists'
import { firstOf, type Tops } from './tops/tops'

const TOP = 5
const MINUTE_MS = 60_000

/** Looks back on a year, from New Year to New Year by the clocks of a time zone. */
export function createReview({ figures }: { figures: Figures }) {
  return async (subject: Subject, year: number, zone: TimeZone): Promise<Review> => {
    const [last, from, to] = [year - 1, year, year + 1].map((start) => zone.startOf(start, 1, 1))
    const span = { from: from ?? 0, to: to ?? 0 }
    const of = figures(subject, span, zone)
    const activity = await of.activity()
    const comparable = await of.comparable()
    const tops = await of.tops()
    const top = topLists(tops, TOP)
    const { tracks, artists, albums } = await top.played()
    return {
      year,
      tz: zone.name,
      ...span,
      minutes_listened: Math.floor(comparable.listened_ms / MINUTE_MS),
      ...comparable,
      longest_streak: (await of.streaks()).longest,
      top: { tracks, artists, albums, searches: await top.searched() },
      most_skipped: await top.skipped(),
      biggest_day: biggestDay(activity),
      busiest_hour: busiestHour(activity),
      new_artists: await newArtists(subject, span.from, zone, tops),
      first_play: of.first().heard,
      last_play: of.last().heard,
      months: months(activity),
      ...(subject === ROOM && { people: of.people(TOP) }),
      before: await figures(subject, { from: last ?? 0, to: span.from }, zone).comparable(),
    }
  }

  /** The artists of `tops` that had never been heard before that time. */
  async function newArtists(
    subject: Subject,
    before: number,
    zone: TimeZone,
    tops: Tops,
  ): Promise<Review['new_artists']> {
    const earlier = await figures(subject, { from: 0, to: before }, zone).tops()
    const known = await earlier.counts('artistsPlayed')
    const heard = await tops.counts('artistsPlayed')
    for (const [artist, { times }] of known) if (times > 0) heard.delete(artist)
    const artists = tops.texts(firstOf(heard, TOP))
    return { count: [...heard.values()].filter(isHeard).length, artists: artists.map(playedArtist) }
  }
}

const isHeard = ({ times }: Counted) => times > 0

function biggestDay({ days }: Activity): Review['biggest_day'] {
  const [biggest] = [...days].sort(([, one], [, other]) => most(one, other))
  if (biggest === undefined || biggest[1].plays === 0) return null
  const [day, { plays, listenedMs }] = biggest
  return { day: dateOf(day), plays, listened_ms: listenedMs }
}

function busiestHour({ week }: Activity): Review['busiest_hour'] {
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    hour,
    ...sum(week.filter((_, index) => index % 24 === hour)),
  }))
  const [busiest] = hours.sort(most)
  if (busiest === undefined || busiest.plays === 0) return null
  return { hour: busiest.hour, plays: busiest.plays, listened_ms: busiest.listenedMs }
}

function months({ days }: Activity): Review['months'] {
  return Array.from({ length: 12 }, (_, index) => {
    const month = index + 1
    const its = [...days].filter(([day]) => Number(dateOf(day).slice(5, 7)) === month)
    const { actions, plays, listenedMs } = sum(its.map(([, amount]) => amount))
    return { month, actions, plays, listened_ms: listenedMs }
  })
}

const most = (one: Amount, other: Amount) =>
  other.listenedMs - one.listenedMs || other.plays - one.plays

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (total, { actions, plays, listenedMs }) => ({
      actions: total.actions + actions,
      plays: total.plays + plays,
      listenedMs: total.listenedMs + listenedMs,
    }),
    { actions: 0, plays: 0, listenedMs: 0 },
  )
}
