import { may, me } from '../../connection/session'
import type { IconName } from '../../controls/icon'
import { Cover, IconCover } from '../../controls/rows/cover'
import { AddButton } from '../../controls/rows/song-row'
import { nameOfUri } from '../../library/library'
import { clockOf, timeOfDay } from '../../time/time'
import type { Whose } from '../ask'
import { words } from '../words'
import type { Action, Play } from './pages'

/** A song as it was heard: how long, and how it ended. */
export function PlayRow({ play, whose }: { play: Play; whose: Whose }) {
  const { track, started_at_ms, queued_by } = play
  const name = track.name ?? nameOfUri(track.uri)
  // The artist goes last, since a phone cuts the end of a long line.
  const hint =
    whose === 'room'
      ? [queued_by?.username, endOf(play), track.artist]
      : [track.artist, endOf(play)]
  return (
    <div class="row history-row">
      <Cover uri={track.uri} name={track.album ?? name} />
      <span class="row-words">
        <span class="row-title">{name}</span>
        <span class="row-hint">{hint.filter(Boolean).join(' · ')}</span>
      </span>
      <time class="length" dateTime={new Date(started_at_ms).toISOString()}>
        {timeOfDay(started_at_ms)}
      </time>
      {may('queue.add') && (
        <AddButton song={{ uri: track.uri, name, artist: track.artist ?? '' }} />
      )}
    </div>
  )
}

function endOf({ end_reason, ended_by, listened_ms, track }: Play): string {
  const say = words()
  if (end_reason === null) return say.stillPlays
  if (end_reason === 'finished') return say.endings.finished
  const length = track.length_ms === null ? '' : ` / ${clockOf(track.length_ms)}`
  const how = say.endings[end_reason]
  const who = ended_by && (ended_by.id === me.value?.id ? say.youDid : ended_by.username)
  return `${say.heardFor(clockOf(listened_ms) + length)}, ${who ? say.endedBy(how, who) : how}`
}

const ICONS: Readonly<Record<string, IconName>> = {
  play: 'play',
  pause: 'pause',
  stop: 'stop',
  skip: 'next',
  previous: 'previous',
  search: 'search',
  queue_add: 'plus',
  queue_remove: 'trash',
  volume_changed: 'volume',
  seek: 'forward',
  queue_move: 'grip',
  queue_shuffle: 'dice',
  queue_clear: 'trash',
  options_changed: 'repeat',
  mute_changed: 'mute',
  playlist_saved: 'save',
  playlist_deleted: 'trash',
}

/** An action of the person's own. */
export function ActionRow({ action }: { action: Action }) {
  const { action_type: type, timestamp } = action
  const say = words()
  const [what, detail] = tell(action)
  return (
    <div class="row history-row">
      <IconCover icon={ICONS[type] ?? 'note'} />
      <span class="row-words">
        <span class="row-title">{what}</span>
        <span class="row-hint">
          {[isKnown(type) ? say.actions[type] : type, detail].filter(Boolean).join(' · ')}
        </span>
      </span>
      <time class="length" dateTime={new Date(timestamp * 1_000).toISOString()}>
        {timeOfDay(timestamp * 1_000)}
      </time>
    </div>
  )
}

type Known = keyof ReturnType<typeof words>['actions']
const isKnown = (type: string): type is Known => Object.hasOwn(words().actions, type)

/** The object of an action and a detail. An imported action may lack any of its metadata. */
function tell({ action_type, track_name, track_uri, artist, position_ms, metadata }: Action) {
  const say = words()
  const of = (name: string) => metadata?.[name]
  const track = track_name ?? (track_uri === null ? '' : nameOfUri(track_uri))
  switch (action_type) {
    case 'search':
      return [
        `“${wordsOf(of('query'))}”`,
        typeof of('results') === 'number' ? say.found(Number(of('results'))) : '',
      ] as const
    case 'volume_changed': {
      const from = of('from')
      return [
        say.volumeTo(Number(of('volume')), typeof from === 'number' ? from : null),
        '',
      ] as const
    }
    case 'mute_changed':
      return [of('mute') === true ? say.muted : say.unmuted, ''] as const
    case 'options_changed': {
      const option = String(of('option'))
      const name = Object.hasOwn(say.options, option)
        ? say.options[option as keyof typeof say.options]
        : option
      return [say.isOn(name, of('value') === true), ''] as const
    }
    case 'queue_clear':
    case 'queue_shuffle':
      return [say.wholeQueue, ''] as const
    case 'playlist_saved':
    case 'playlist_deleted':
      return [String(of('name') ?? nameOfUri(String(of('uri') ?? ''))), ''] as const
    case 'seek':
      return [
        track,
        [artist, position_ms !== null && say.jumpedTo(clockOf(position_ms))]
          .filter(Boolean)
          .join(' · '),
      ] as const
    default:
      return [track || say.wholeQueue, artist ?? ''] as const
  }
}

/** The words of a search, from all of its fields. */
function wordsOf(query: unknown): string {
  if (typeof query !== 'object' || query === null) return String(query ?? '')
  return Object.values(query).flat().map(String).join(' ')
}
