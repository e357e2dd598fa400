import { useEffect, useReducer } from 'preact/hooks'
import { may } from '../connection/session'
import { Slider } from '../controls/forms/slider'
import { sentences } from '../language/language'
import { clockOf } from '../time/time'
import { playback, playerCommands, positionNow } from './player'

const TICK_MS = 250

/** The position in milliseconds; renders again every 250 ms while a song plays. */
function usePosition(): number {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0)
  const isPlaying = playback.value?.state === 'playing'
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(() => document.visibilityState === 'visible' && draw(0), TICK_MS)
    return () => clearInterval(timer)
  }, [isPlaying])
  return positionNow()
}

/** The position in the song, as a slider for roles that may seek. A stream has no length and so no slider. */
export function Progress() {
  const position = usePosition()
  const length = playback.value?.track?.length_ms ?? null
  const words = sentences()
  if (length === null)
    return (
      <div class="progress live">
        <span>{clockOf(position)}</span>
        <span class="live-mark">{words.liveStream}</span>
      </div>
    )
  return (
    <div class="progress">
      {may('playback') ? (
        <Slider
          label={words.position}
          value={position}
          max={length}
          step={1000}
          say={(at) => words.positionOf(clockOf(at), clockOf(length))}
          onChoose={playerCommands.seek}
        />
      ) : (
        <ProgressLine />
      )}
      <div class="times">
        <span>{clockOf(position)}</span>
        <span>{clockOf(length)}</span>
      </div>
    </div>
  )
}

/** The position as a line that cannot be dragged. */
export function ProgressLine() {
  const position = usePosition()
  const length = playback.value?.track?.length_ms ?? null
  const words = sentences()
  if (length === null) return null
  return (
    <div
      class="progress-line"
      role="progressbar"
      aria-label={words.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(length / 1000)}
      aria-valuenow={Math.round(position / 1000)}
      aria-valuetext={words.positionOf(clockOf(position), clockOf(length))}
    >
      <span style={{ transform: `scaleX(${length > 0 ? position / length : 0})` }} />
    </div>
  )
}
