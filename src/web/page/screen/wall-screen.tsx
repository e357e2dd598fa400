import { useEffect } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { go } from '../address/router'
import { IconButton } from '../controls/button'
import { Face, isAway, isUnreachable, OfflineFace, UnreachableFace } from '../controls/face'
import { Cover } from '../controls/rows/cover'
import { Person } from '../controls/rows/person'
import { sentences } from '../language/language'
import { playback, streamTitle } from '../playing/player'
import { ProgressLine } from '../playing/progress'
import { ComingSongs } from '../queue/coming-songs'
import { nameOf, upNext } from '../queue/queue'
import { Status } from '../shell/status'
import { JoinCode } from './join-code'
import './screen.css'

/** The screen for a television on the wall: the song that plays, the next ones, and a code to join. */
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
      <ComingSongs
        entries={entries}
        hintOf={({ queued_by: person }) => <Person person={person} as="name" />}
      />
    </section>
  )
}

/** Keeps the display on where the browser has wake locks; returns the end of it. */
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
