import { may, me } from '../connection/session'
import { IconButton } from '../controls/button'
import { Slider } from '../controls/forms/slider'
import { sentences } from '../language/language'
import { playback, playerCommands } from './player'

const EVERY_MS = 90
let sentAt = 0

/** The volume, where Mopidy has one and the role may change it. */
export function Volume() {
  const { volume = null, mute = null } = playback.value ?? {}
  if (volume === null || !may('volume')) return null
  const words = sentences()
  const ceiling = me.value?.limits.volume_ceiling ?? 100
  return (
    <div class="volume">
      <IconButton
        icon={mute ? 'mute' : 'volume'}
        label={mute ? words.unmute : words.mute}
        aria-pressed={mute === true}
        onClick={() => playerCommands.setMute(!mute)}
      />
      <Slider
        label={words.volume}
        value={volume}
        max={100}
        most={ceiling}
        step={1}
        say={(value) => `${value} %`}
        onSlide={slide}
        onChoose={playerCommands.setVolume}
      />
      {ceiling < 100 && <span class="ceiling">{words.volumeCeiling(ceiling)}</span>}
    </div>
  )
}

/** Sends the volume while the slider moves, at most once in 90 ms. */
function slide(volume: number): void {
  if (performance.now() - sentAt < EVERY_MS) return
  sentAt = performance.now()
  playerCommands.setVolume(volume)
}
