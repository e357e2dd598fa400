import { dateOf, durationOf, hourOf, readDay } from '../amounts'
import type { Review } from '../ask'
import { Figure } from '../figure'
import { playedHint } from '../figures/tops'
import { words } from '../words'

/** The top artist, song and album. */
export function Winners({ review: { top } }: { review: Review }) {
  const say = words()
  const [artist] = top.artists
  const [track] = top.tracks
  const [album] = top.albums
  return (
    <dl class="winners">
      {artist && (
        <Figure as="fact" name={say.topArtist} value={artist.artist} hint={playedHint(artist)} />
      )}
      {track && (
        <Figure
          as="fact"
          name={say.topTrack}
          value={track.track_name ?? track.track_uri}
          hint={[track.artist, say.times(track.plays)].filter(Boolean).join(' · ')}
        />
      )}
      {album && (
        <Figure
          as="fact"
          name={say.topAlbum}
          value={album.album}
          hint={[album.artist, say.times(album.plays)].filter(Boolean).join(' · ')}
        />
      )}
    </dl>
  )
}

/** The biggest day, the busiest hour, and the first and last songs of the year. */
export function Moments({ review, isNow }: { review: Review; isNow: boolean }) {
  const say = words()
  const { biggest_day: day, busiest_hour: hour, longest_streak, first_play, last_play } = review
  return (
    <dl class="winners">
      {day && (
        <Figure
          as="fact"
          name={say.biggestDay}
          value={dateOf(readDay(day.day), { weekday: 'long', day: 'numeric', month: 'long' })}
          hint={playedHint(day)}
        />
      )}
      {hour && (
        <Figure
          as="fact"
          name={say.busiestHour}
          value={say.fromTo(hourOf(hour.hour), hourOf(hour.hour + 1))}
          hint={durationOf(hour.listened_ms)}
        />
      )}
      {longest_streak.from !== null && longest_streak.to !== null && (
        <Figure
          as="fact"
          name={say.longestStreak}
          value={say.days(longest_streak.days)}
          hint={say.fromTo(shortDay(longest_streak.from), shortDay(longest_streak.to))}
        />
      )}
      {first_play && <PlayFact name={say.firstPlay} play={first_play} />}
      {last_play && <PlayFact name={isNow ? say.latestPlay : say.lastPlay} play={last_play} />}
    </dl>
  )
}

const shortDay = (day: string) => dateOf(readDay(day), { day: 'numeric', month: 'short' })

type Heard = NonNullable<Review['first_play']>

function PlayFact({ name, play }: { name: string; play: Heard }) {
  const { track_name, track_uri, artist, started_at_ms } = play
  const hint = [artist, dateOf(started_at_ms, { day: 'numeric', month: 'long' })]
  return (
    <Figure
      as="fact"
      name={name}
      value={track_name ?? track_uri}
      hint={hint.filter(Boolean).join(' · ')}
    />
  )
}
