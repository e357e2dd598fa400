import { SCREENS } from '../../../http/page-addresses'
import { go } from '../address/router'
import { may, me } from '../connection/session'
import { Button } from '../controls/button'
import { Face, isAway, OfflineFace } from '../controls/face'
import { Cover } from '../controls/rows/cover'
import { Person } from '../controls/rows/person'
import { sentences } from '../language/language'
import { nameOf, queueLength, queueLoaded } from '../queue/queue'
import { playback, playerCommands, streamTitle } from './player'
import { Progress } from './progress'
import { Modes, Transport } from './transport'
import { UpNext } from './up-next'
import { Volume } from './volume'
import './playing.css'

/** The song that plays, the person who queued it, and the controls that the role has. */
export function Playing() {
  if (isAway()) return <OfflineFace />
  const state = playback.value
  if (state === undefined) return <PlayingGhost />
  if (state.track === null) return <Silence />
  const { track, queued_by } = state
  const title = streamTitle.value ?? nameOf(track)
  return (
    <div class="playing" data-state={state.state}>
      <div class="backdrop" aria-hidden="true">
        <Cover uri={track.uri} name={track.album ?? nameOf(track)} />
      </div>
      <div class="stage">
        <div class="sleeve">
          <Cover key={track.uri} uri={track.uri} name={track.album ?? nameOf(track)} />
        </div>
        <div class="stage-controls">
          <div class="now-words">
            <h2 title={title}>{title}</h2>
            <p class="now-artist">
              {streamTitle.value === null ? track.artist : nameOf(track)}
              {track.album && <span class="now-album"> · {track.album}</span>}
            </p>
            <p class="now-person">
              {queued_by && <span>{sentences().queuedBy}</span>}
              <Person person={queued_by} as="byYou" />
            </p>
          </div>
          <Progress />
          <Transport />
          <Modes />
          <Volume />
          {me.value && !may('playback') && (
            <div class="cannot">
              <p>{sentences().onlyMembers}</p>
              <Button icon="plus" class="primary" onClick={() => go(SCREENS.search)}>
                {sentences().addSong}
              </Button>
            </div>
          )}
        </div>
      </div>
      <UpNext />
    </div>
  )
}

function Silence() {
  const words = sentences()
  const waiting = queueLoaded.value ? queueLength.value : 0
  const says = may('playback') ? words.queueWaits : words.queueWaitsForOthers
  return (
    <Face
      icon="note"
      title={words.nothingPlays}
      hint={waiting > 0 ? says(waiting) : words.nothingPlaysHint}
    >
      <div class="face-buttons">
        {waiting > 0 && may('playback') && (
          <Button icon="play" class="primary" onClick={() => void playerCommands.play()}>
            {words.play}
          </Button>
        )}
        {may('queue.add') && (
          <Button
            icon="plus"
            class={waiting > 0 && may('playback') ? '' : 'primary'}
            onClick={() => go(SCREENS.search)}
          >
            {words.addSong}
          </Button>
        )}
      </div>
    </Face>
  )
}

function PlayingGhost() {
  return (
    <div class="playing" role="status" aria-label={sentences().loading}>
      <div class="stage">
        <div class="sleeve">
          <span class="ghost cover" />
        </div>
        <div class="stage-controls">
          <span class="ghost line title" />
          <span class="ghost line short" />
        </div>
      </div>
    </div>
  )
}
