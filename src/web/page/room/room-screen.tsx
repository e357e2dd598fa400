// First, so that the rules of the parts come later in the bundle and win over these.
import '../listening/listening.css'
import { useEffect } from 'preact/hooks'
import { listeningAddress } from '../address/links'
import { query } from '../address/router'
import { may, me } from '../connection/session'
import { Answered, useAnswer } from '../controls/answer'
import { Face, Waiting } from '../controls/face'
import { Initial } from '../controls/rows/person'
import { Tabs } from '../controls/tabs'
import { ask, type Room } from '../listening/ask'
import { Figures } from '../listening/figures/figures'
import { History } from '../listening/history/history'
import { YearInReview } from '../listening/review/review'
import { words } from '../listening/words'
import { yearAsked } from '../listening/year'
import { timeOfDay } from '../time/time'
import './room.css'

const LOOK_AGAIN_MS = 3_000

/** The people who are here, and what everybody together heard. */
export function RoomScreen() {
  const say = words()
  if (me.value === null) return <Waiting />
  if (!may('history.room'))
    return <Face icon="hidden" title={say.mayNotSee} hint={say.mayNotSeeHint} />
  const year = yearAsked()
  if (year !== undefined)
    return (
      <div class="listening">
        <YearInReview whose="room" year={year} />
      </div>
    )
  const showsHistory = query.value.get('show') === 'history'
  return (
    <div class="listening">
      <Tabs
        label={say.parts}
        tabs={[
          [listeningAddress('room'), say.figures, !showsHistory],
          [listeningAddress('room', 'history'), say.history, showsHistory],
        ]}
      />
      {showsHistory ? (
        <History whose="room" />
      ) : (
        <>
          <HereNow />
          <Figures whose="room" />
        </>
      )}
    </div>
  )
}

function HereNow() {
  const answer = useAnswer('room', ask.room)
  const { again } = answer
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && again()
    const timer = setInterval(look, LOOK_AGAIN_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return (
    <section class="here">
      <h2>{words().hereNow}</h2>
      <Answered answer={answer}>{(room) => <People room={room} />}</Answered>
    </section>
  )
}

function People({ room: { people, unnamed } }: { room: Room }) {
  const say = words()
  return (
    <>
      {people.length + unnamed === 0 && <p class="none">{say.nobodyHere}</p>}
      <ul class="here-people" aria-label={say.people(people.length)}>
        {people.map(({ id, username, role, since }) => (
          <li key={id}>
            <Initial name={username} />
            <span class="row-words">
              <span class="row-title">{username}</span>
              <span class="row-hint">
                {[
                  id === me.value?.id && say.you,
                  say.roles[role],
                  say.sinceTime(timeOfDay(since * 1_000)),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {unnamed > 0 && <p class="none">{say.unnamed(unnamed)}</p>}
    </>
  )
}
