import { may } from '../connection/session'
import { IconButton } from '../controls/button'
import { sentences } from '../language/language'
import { collect } from '../playlists/collecting'
import { nameOf } from '../queue/queue'
import { type OptionName, options, playback, playerCommands } from './player'

export function PlayButton() {
  const words = sentences()
  const isPlaying = playback.value?.state === 'playing'
  return (
    <IconButton
      class="play"
      icon={isPlaying ? 'pause' : 'play'}
      label={isPlaying ? words.pause : words.play}
      onClick={playerCommands.toggle}
    />
  )
}

/** The buttons of the player, for roles that have them. */
export function Transport({ compact = false }: { compact?: boolean }) {
  const words = sentences()
  if (!may('playback')) return null
  const stopped = playback.value?.state === 'stopped'
  return (
    <fieldset class="transport" aria-label={words.controls}>
      {!compact && (
        <IconButton
          icon="stop"
          label={words.stop}
          disabled={stopped}
          onClick={playerCommands.stop}
        />
      )}
      <IconButton icon="previous" label={words.previous} onClick={playerCommands.previous} />
      <PlayButton />
      <IconButton icon="next" label={words.next} onClick={playerCommands.next} />
      {!compact && <Collect />}
    </fieldset>
  )
}

/**
 * Adds the song that plays to a playlist. It balances the stop button on the other side, and leaves
 * a gap without the permission.
 */
function Collect() {
  const track = playback.value?.track ?? null
  if (track === null || !may('playlists.save')) return <span class="counterweight" />
  return (
    <IconButton
      icon="collect"
      label={sentences().addToPlaylist}
      onClick={() => collect([{ uri: track.uri, name: nameOf(track) }])}
    />
  )
}

const MODES: readonly OptionName[] = ['random', 'repeat', 'single', 'consume']

/** The switches for random, repeat, single and consume. */
export function Modes() {
  if (!may('options')) return null
  return (
    <fieldset class="modes" aria-label={sentences().modes}>
      {MODES.map((name) => (
        <ModeButton key={name} name={name} />
      ))}
    </fieldset>
  )
}

function ModeButton({ name }: { name: OptionName }) {
  const isOn = options.value[name]
  return (
    <IconButton
      class="mode"
      icon={name}
      label={sentences()[name]}
      aria-pressed={isOn}
      onClick={() => playerCommands.setOption(name, !isOn)}
    />
  )
}
