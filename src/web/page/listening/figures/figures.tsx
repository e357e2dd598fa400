import { SCREENS } from '../../../../http/page-addresses'
import { follow, go, path, query } from '../../address/router'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { Segments } from '../../controls/forms/segments'
import { Icon } from '../../controls/icon'
import { ask, type Days, type Stats, type Whose } from '../ask'
import { askFor } from '../asked'
import { Card } from '../card'
import { isSpan, SPANS, type SpanName, secondsOf, slotsOf, startOf } from '../spans'
import { words } from '../words'
import { Bars } from './bars'
import { Queued } from './queued'
import { Tiles } from './tiles'
import {
  Ranking,
  rankedAlbums,
  rankedArtists,
  rankedPeople,
  rankedSearches,
  TopTracks,
} from './tops'
import { WeekMap } from './week-map'
import './figures.css'

const FEW = 5

/** The figures of a person or of the room in a span of time. */
export function Figures({ whose }: { whose: Whose }) {
  const asked = query.value.get('span')
  const span: SpanName = isSpan(asked) ? asked : 'month'
  const from = secondsOf(startOf(span))
  const answer = useAnswer(`${whose} ${span}`, async () => {
    const [stats, { days }] = await Promise.all([ask.stats(whose, from), ask.days(whose, from)])
    return { stats, days, span }
  })
  const say = words()
  return (
    <>
      <div class="figures-head">
        <Segments
          label={say.span}
          names={SPANS.map((name) => [name, say[name]] as const)}
          chosen={span}
          onChoose={(name) => askFor({ span: name })}
        />
        <p>{whose === 'mine' ? say.mineMeans : say.roomMeans}</p>
      </div>
      <Answered answer={answer}>
        {({ stats, days, span }) => <Shown whose={whose} span={span} stats={stats} days={days} />}
      </Answered>
    </>
  )
}

type ShownOptions = { whose: Whose; span: SpanName; stats: Stats; days: Days['days'] }

function Shown({ whose, span, stats, days }: ShownOptions) {
  const say = words()
  if (stats.plays === 0 && stats.total_actions === 0)
    return span === 'all' ? (
      <Face icon="chart" title={say.nothingHeard} hint={say.nothingHeardHint}>
        <Button icon="search" class="primary" onClick={() => go(SCREENS.search)}>
          {say.findSong}
        </Button>
      </Face>
    ) : (
      <Face icon="chart" title={say.nothingInSpan} hint={say.nothingInSpanHint}>
        <Button onClick={() => askFor({ span: 'all' })}>{say.all}</Button>
      </Face>
    )
  const [pace, slots] = slotsOf(span, days)
  const { most_played: most, most_searched, most_skipped, people, queue, activity } = stats
  const byPace = {
    day: say.listeningByDay,
    month: say.listeningByMonth,
    year: say.listeningByYear,
  }[pace]
  return (
    <div class="cards">
      <Tiles stats={stats} span={span} />
      <div class="columns">
        <div class="cards">
          <Card title={byPace}>
            <Bars slots={slots} label={byPace} />
          </Card>
          <Card title={say.topTracks}>
            <TopTracks tracks={most.tracks} hintOf={({ plays }) => say.times(plays)} />
          </Card>
          <Card title={say.mostSkipped}>
            <TopTracks
              tracks={most_skipped.tracks.slice(0, FEW)}
              hintOf={({ skipped }) => say.skips(skipped)}
            />
          </Card>
          <Card title={whose === 'mine' ? say.queueTitle : say.roomQueueTitle}>
            <Queued queue={queue} whose={whose} />
          </Card>
        </div>
        <div class="cards">
          <Card title={say.whenHeard} hint={say.whenHeardHint}>
            <WeekMap week={activity.listened_ms_by_weekday_and_hour} />
          </Card>
          <Card title={say.topArtists}>
            <Ranking entries={rankedArtists(most.artists)} />
          </Card>
          <Card title={say.topAlbums}>
            <Ranking entries={rankedAlbums(most.albums)} />
          </Card>
          {people ? (
            <Card title={say.topPeople} hint={say.topPeopleHint}>
              <Ranking entries={rankedPeople(people)} />
            </Card>
          ) : (
            <Card title={say.topSearches}>
              <Ranking entries={rankedSearches(most_searched)} />
            </Card>
          )}
        </div>
      </div>
      <ReviewLink whose={whose} stats={stats} />
    </div>
  )
}

/** A link to the review of this year; in January of the last year, if something was heard then. */
function ReviewLink({ whose, stats }: { whose: Whose; stats: Stats }) {
  const now = new Date()
  const isYoung = now.getMonth() === 0
  const knowsLast = (stats.first_at ?? 0) * 1_000 < new Date(now.getFullYear(), 0, 1).getTime()
  const year = now.getFullYear() - (isYoung && knowsLast ? 1 : 0)
  const say = words()
  return (
    <a class="review-link" href={`${path.value}?year=${year}`} onClick={follow}>
      <span>
        <strong>{whose === 'mine' ? say.reviewOf(year) : say.roomReviewOf(year)}</strong>
        {say.reviewHint}
      </span>
      <Icon name="forward" />
    </a>
  )
}
