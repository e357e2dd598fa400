import type { ComponentChildren } from 'preact'
import { searchAddress } from '../../address/links'
import { follow } from '../../address/router'
import { may } from '../../connection/session'
import { Cover } from '../../controls/rows/cover'
import { Initial } from '../../controls/rows/person'
import { AddButton } from '../../controls/rows/song-row'
import { nameOfUri } from '../../library/library'
import { durationOf } from '../amounts'
import type { Stats } from '../ask'
import { words } from '../words'
import './tops.css'

type Track = { track_uri: string; track_name: string | null; artist: string | null }

/** A list of songs with a button that adds each to the queue. */
export function TopTracks<Song extends Track>({
  tracks,
  hintOf,
}: {
  tracks: readonly Song[]
  hintOf(track: NoInfer<Song>): string
}) {
  if (tracks.length === 0) return <p class="none">{words().noneYet}</p>
  return (
    <ol class="rows">
      {tracks.map((track) => {
        const { track_uri: uri, artist } = track
        const name = track.track_name ?? nameOfUri(uri)
        return (
          <li key={uri}>
            <div class="row top-song">
              <Cover uri={uri} name={name} />
              <span class="row-words">
                <span class="row-title">{name}</span>
                <span class="row-hint">{[hintOf(track), artist].filter(Boolean).join(' · ')}</span>
              </span>
              {may('queue.add') && <AddButton song={{ uri, name, artist: artist ?? '' }} />}
            </div>
          </li>
        )
      })}
    </ol>
  )
}

type Ranked = {
  name: string
  hint: string
  /** The length of the bar, relative to the other entries. */
  amount: number
  before?: ComponentChildren
  /** The text that a click searches for; without it the entry is no link. */
  find?: string
}

/** A list by rank; the bar behind each entry shows its amount relative to the largest. */
export function Ranking({ entries }: { entries: readonly Ranked[] }) {
  if (entries.length === 0) return <p class="none">{words().noneYet}</p>
  const most = Math.max(1, ...entries.map(({ amount }) => amount))
  return (
    <ol class="ranking">
      {entries.map(({ name, hint, amount, before, find }, index) => {
        const inside = (
          <>
            <span class="share" style={{ width: `${(100 * amount) / most}%` }} />
            {before ?? <span class="place">{index + 1}</span>}
            <span class="ranked-name">{name}</span>
            <span class="ranked-hint">{hint}</span>
          </>
        )
        return (
          <li key={`${name} ${hint}`}>
            {find === undefined ? (
              <span class="ranked">{inside}</span>
            ) : (
              <a class="ranked" href={searchAddress(find)} onClick={follow}>
                {inside}
              </a>
            )}
          </li>
        )
      })}
    </ol>
  )
}

type Played = { plays: number; listened_ms: number }

export const playedHint = ({ plays, listened_ms }: Played): string =>
  `${words().times(plays)} · ${durationOf(listened_ms)}`

export const rankedArtists = (artists: Stats['most_played']['artists']): Ranked[] =>
  artists.map(({ artist, plays, listened_ms }) => ({
    name: artist,
    hint: words().times(plays),
    amount: listened_ms,
    find: artist,
  }))

export const rankedAlbums = (albums: Stats['most_played']['albums']): Ranked[] =>
  albums.map(({ album, artist, plays, listened_ms }) => ({
    name: artist === null ? album : `${album} – ${artist}`,
    hint: words().times(plays),
    amount: listened_ms,
    find: album,
  }))

export const rankedSearches = (searches: Stats['most_searched']): Ranked[] =>
  searches.map(({ words: text, searches: times }) => ({
    name: text,
    hint: words().searches(times),
    amount: times,
    find: text,
  }))

export const rankedPeople = (people: NonNullable<Stats['people']>): Ranked[] =>
  people.map(({ username, plays, listened_ms }) => ({
    name: username,
    hint: playedHint({ plays, listened_ms }),
    amount: listened_ms,
    before: <Initial name={username} />,
  }))
