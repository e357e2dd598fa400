import { SCREENS } from '../../../http/page-addresses'
import { follow } from '../address/router'
import { may } from '../connection/session'
import { isAway } from '../controls/face'
import { Cover } from '../controls/rows/cover'
import { sentences } from '../language/language'
import { playback, streamTitle } from '../playing/player'
import { Progress, ProgressLine } from '../playing/progress'
import { PlayButton, Transport } from '../playing/transport'
import { Volume } from '../playing/volume'
import { nameOf } from '../queue/queue'

/** The song that plays and its controls, on every screen but that of the player. */
export function PlayerBar() {
  const state = playback.value
  if (!state?.track || isAway()) return null
  const { track, queued_by } = state
  const name = streamTitle.value ?? nameOf(track)
  const hint = [track.artist, queued_by && sentences().byName(queued_by.username)]
  return (
    <section class="player-bar" aria-label={sentences().nowPlayingBar}>
      <ProgressLine />
      <a class="bar-song" href={SCREENS.playing} onClick={follow}>
        <Cover uri={track.uri} name={track.album ?? name} />
        <span class="row-words">
          <span class="row-title">{name}</span>
          <span class="row-hint">{hint.filter(Boolean).join(' · ')}</span>
        </span>
      </a>
      <div class="bar-phone">{may('playback') && <PlayButton />}</div>
      <div class="bar-desk">
        <Transport compact />
        <Progress />
      </div>
      <div class="bar-volume">
        <Volume />
      </div>
    </section>
  )
}
