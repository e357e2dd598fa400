import { useEffect } from 'preact/hooks'
import { go } from '../address/router'
import { SCREENS } from '../address/screens'
import { IconButton } from '../controls/button'
import { Face, isAway, isUnreachable, OfflineFace, UnreachableFace } from '../controls/face'
import { Cover } from '../controls/rows/cover'
import { Person } from '../controls/rows/person'
import { sentences } from '../language/language'
import { playback, streamTitle } from '../playing/player'
import { ProgressLine } from '../playing/progress'
import { nameOf, upNext } from '../queue/queue'
import { Status } from '../shell/status'
import { timeOfDay } from '../time/time'
import { JoinCode } from './join-code'
import './screen.css'

/** For a television on the wall: what plays, what is next, and how to join. */
export function WallScreen() {
  const words = sentences()
  useEffect(stayAwake, [])
  const track = playback.value?.track ?? null
  const title = streamTitle.value ?? (track && nameOf(track)) ?? ''
  return (
    <main class="wall">
      <h1 class="unseen">{words.screen}</h1>
      <div class="backdrop" aria-hidden="true">
        {track && <Cover uri={track.uri} name={track.album ?? title} />}
      </div>
      <IconButton
        class="wall-leave"
        icon="close"
        label={words.leaveScreen}
        onClick={() => go(SCREENS.playing)}
      />
      <div class="wall-status">
        <Status />
      </div>
      {isUnreachable() ? (
        <UnreachableFace />
      ) : isAway() ? (
        <OfflineFace />
      ) : track === null ? (
        <Face icon="note" title={words.nothingPlays} hint={words.nothingPlaysHint} />
      ) : (
        <section class="wall-now" aria-label={words.nowPlayingBar}>
          <Cover key={track.uri} uri={track.uri} name={track.album ?? title} />
          <div class="wall-words">
            <h2>{title}</h2>
            <p class="wall-artist">{track.artist}</p>
            <p class="now-person">
              {playback.value?.queued_by && <span>{words.queuedBy}</span>}
              <Person person={playback.value?.queued_by ?? null} as="name" />
            </p>
            <ProgressLine />
          </div>
        </section>
      )}
      <aside class="wall-aside" aria-label={words.upNext}>
        <Coming />
        <JoinCode />
      </aside>
    </main>
  )
}

function Coming() {
  const entries = upNext.value.slice(0, 4)
  if (entries.length === 0) return <div />
  return (
    <section class="wall-next">
      <h2>{sentences().upNext}</h2>
      <ol>
        {entries.map((entry) => (
          <li key={entry.tlid} class="row">
            <Cover uri={entry.uri} name={entry.album ?? nameOf(entry)} />
            <span class="row-words">
              <span class="row-title">{nameOf(entry)}</span>
              <span class="row-hint">
                <Person person={entry.queued_by} as="name" />
              </span>
            </span>
            {entry.starts_at_ms !== null && (
              <span class="length">{timeOfDay(entry.starts_at_ms)}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Keeps the screen on, where the browser lets a page do so. */
function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined
  const take = () => {
    if (document.visibilityState === 'visible')
      navigator.wakeLock?.request('screen').then(
        (taken) => {
          lock = taken
        },
        () => {},
      )
  }
  take()
  document.addEventListener('visibilitychange', take)
  return () => {
    document.removeEventListener('visibilitychange', take)
    lock?.release()
  }
}
