import { follow, go, path } from '../../address/router'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { sentences } from '../../language/language'
import { dateOf, durationOf, number } from '../amounts'
import { ask, type Review, type Whose } from '../ask'
import { Card } from '../card'
import { Bars } from '../figures/bars'
import { Queued } from '../figures/queued'
import {
  Ranking,
  rankedAlbums,
  rankedArtists,
  rankedPeople,
  rankedSearches,
  TopTracks,
} from '../figures/tops'
import { words } from '../words'
import { Moments, Winners } from './review-facts'
import './review.css'

/** The review of a year. */
export function YearInReview({ whose, year }: { whose: Whose; year: number }) {
  const answer = useAnswer(`${whose} ${year}`, () => ask.review(whose, year))
  return <Answered answer={answer}>{(review) => <Shown review={review} whose={whose} />}</Answered>
}

function Shown({ review, whose }: { review: Review; whose: Whose }) {
  const say = words()
  const { year, plays, top, before } = review
  const isNow = year === new Date().getFullYear()
  if (plays === 0)
    return (
      <div class="review">
        <Face icon="chart" title={say.noYear(year)} hint={say.noYearHint}>
          <Button onClick={() => go(path.value)}>{say.figures}</Button>
        </Face>
        <Years year={year} knowsBefore={before.plays + before.total_actions > 0} />
      </div>
    )
  return (
    <div class="review">
      <Hero review={review} isNow={isNow} whose={whose} />
      <div class="cards">
        <Winners review={review} />
        <div class="columns">
          <div class="cards">
            <Card title={say.topTracks}>
              <TopTracks tracks={top.tracks} hintOf={({ plays }) => say.times(plays)} />
            </Card>
            <Card title={say.topAlbums}>
              <Ranking entries={rankedAlbums(top.albums)} />
            </Card>
            {review.most_skipped.length > 0 && (
              <Card title={say.mostSkipped}>
                <TopTracks
                  tracks={review.most_skipped}
                  hintOf={({ skipped }) => say.skips(skipped)}
                />
              </Card>
            )}
          </div>
          <div class="cards">
            <Card title={say.monthsTitle}>
              <Bars slots={monthsOf(review)} label={say.monthsTitle} />
            </Card>
            <Card title={say.topArtists}>
              <Ranking entries={rankedArtists(top.artists)} />
            </Card>
            {review.new_artists.count > 0 && (
              <Card
                title={`${say.newArtists}: ${number(review.new_artists.count)}`}
                hint={say.newArtistsHint}
              >
                <Ranking entries={rankedArtists(review.new_artists.artists)} />
              </Card>
            )}
            {review.people && review.people.length > 0 && (
              <Card title={say.topPeople} hint={say.topPeopleHint}>
                <Ranking entries={rankedPeople(review.people)} />
              </Card>
            )}
            {top.searches.length > 0 && (
              <Card title={say.topSearches}>
                <Ranking entries={rankedSearches(top.searches)} />
              </Card>
            )}
            <Card title={whose === 'mine' ? say.queueTitle : say.roomQueueTitle}>
              <Queued queue={review.queue} whose={whose} />
            </Card>
          </div>
        </div>
        <Moments review={review} isNow={isNow} />
      </div>
      <Years year={year} knowsBefore={before.plays + before.total_actions > 0} />
    </div>
  )
}

function Hero({ review, isNow, whose }: { review: Review; isNow: boolean; whose: Whose }) {
  const say = words()
  const { year, minutes_listened: minutes, listened_ms, plays, days_active, before } = review
  const difference = listened_ms - before.listened_ms
  return (
    <header class="hero">
      <p class="hero-year">
        {year}
        {isNow && <small>{say.reviewSoFar}</small>}
      </p>
      <p class="hero-minutes">
        <strong>{number(minutes)}</strong>
        <span>
          {say.reviewMinutes(minutes)}
          {whose === 'mine' && ` ${say.reviewMine}`}
        </span>
      </p>
      <p class="hero-sum">{say.reviewSum(say.times(plays), say.days(days_active))}</p>
      {before.plays > 0 && Math.abs(difference) >= 60_000 && (
        <p class="hero-sum">
          {(difference > 0 ? say.more : say.less)(
            durationOf(Math.abs(difference)),
            say.comparedWith(year - 1),
          )}
        </p>
      )}
    </header>
  )
}

/** Links to the reviews of the year before and the year after. */
function Years({ year, knowsBefore }: { year: number; knowsBefore: boolean }) {
  const say = words()
  const isLast = year >= new Date().getFullYear()
  const way = (to: number) => (
    <a class="button" href={`${path.value}?year=${to}`} onClick={follow}>
      {sentences().yearInReview(String(to))}
    </a>
  )
  return (
    <nav class="years" aria-label={say.year}>
      {knowsBefore && way(year - 1)}
      {!isLast && way(year + 1)}
    </nav>
  )
}

const monthsOf = ({ year, months }: Review) =>
  months.map(({ month, listened_ms, plays }) => {
    const first = new Date(year, month - 1, 1)
    return {
      label: dateOf(first, { month: 'narrow' }),
      name: dateOf(first, { month: 'long' }),
      listenedMs: listened_ms,
      plays,
    }
  })
