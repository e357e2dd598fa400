import { dateOf, durationOf, LONG_DATE, number } from '../amounts'
import type { Stats } from '../ask'
import { Figure } from '../figure'
import type { SpanName } from '../spans'
import { words } from '../words'
import './tiles.css'

type TilesOptions = { stats: Stats; span: SpanName }

/** The four main figures, each compared in words with the span before. */
export function Tiles({ stats, span }: TilesOptions) {
  const { listened_ms, plays, days_active, streaks, before, first_at } = stats
  const say = words()
  const since = first_at === null ? '' : say.since(dateOf(first_at * 1_000, LONG_DATE))
  const compared = (now: number, then: number | undefined, amount: (by: number) => string) =>
    then === undefined ? since : comparison(now, then, amount, span)
  return (
    <dl class="tiles">
      <Figure
        as="tile"
        name={say.listened}
        value={durationOf(listened_ms)}
        hint={compared(listened_ms, before?.listened_ms, durationOf)}
      />
      <Figure
        as="tile"
        name={say.plays}
        value={number(plays)}
        hint={compared(plays, before?.plays, number)}
      />
      <Figure
        as="tile"
        name={say.daysActive}
        value={number(days_active)}
        hint={compared(days_active, before?.days_active, number)}
      />
      <Figure
        as="tile"
        name={say.streak}
        value={say.days(streaks.current.days)}
        hint={say.longest(streaks.longest.days)}
      />
    </dl>
  )
}

function comparison(
  now: number,
  then: number,
  amount: (by: number) => string,
  span: SpanName,
): string {
  const say = words()
  const before =
    span === 'week' ? say.beforeWeek : span === 'month' ? say.beforeMonth : say.beforeYear
  if (then === 0) return now === 0 ? say.asMuch(before) : say.nothingBefore(before)
  const difference = amount(Math.abs(now - then))
  // A difference that is shown as zero counts as none.
  if (difference === amount(0)) return say.asMuch(before)
  if (now > then) return say.more(difference, before)
  return amount === durationOf ? say.less(difference, before) : say.fewer(difference, before)
}
