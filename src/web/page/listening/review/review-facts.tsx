import { dateOf, durationOf, hourOf, readDay } from '../amounts'
import type { Review } from '../ask'
import { playedHint } from '../figures/tops'
import { words } from '../words'
import '../figure.css'

/** The first of each list. */
export function Winners({ review: { top } }: { review: Review }) {
  const say = words()
  const [artist] = top.artists
  const [track] = top.tracks
  const [album] = top.albums
  return (
    <dl class="winners">
      {artist && <Fact name={say.topArtist} value={artist.artist} hint={playedHint(artist)} />}
      {track && (
        <Fact
          name={say.topTrack}
          value={track.track_name ?? track.track_uri}
          hint={[track.artist, say.times(track.plays)].filter(Boolean).join(' · ')}
        />
      )}
      {album && (
        <Fact
          name={say.topAlbum}
          value={album.album}
          hint={[album.artist, say.times(album.plays)].filter(Boolean).join(' · ')}
        />
      )}
    </dl>
  )
}

/** Days and hours that stand out. */
export function Moments({ review, isNow }: { review: Review; isNow: boolean }) {
  const say = words()
  const { biggest_day: day, busiest_hour: hour, longest_streak, first_play, last_play } = review
  return (
    <dl class="winners">
      {day && (
        <Fact
          name={say.biggestDay}
          value={dateOf(readDay(day.day), { weekday: 'long', day: 'numeric', month: 'long' })}
          hint={playedHint(day)}
        />
      )}
      {hour && (
        <Fact
          name={say.busiestHour}
          value={say.fromTo(hourOf(hour.hour), hourOf(hour.hour + 1))}
          hint={durationOf(hour.listened_ms)}
        />
      )}
      {longest_streak.from !== null && longest_streak.to !== null && (
        <Fact
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
    <Fact name={name} value={track_name ?? track_uri} hint={hint.filter(Boolean).join(' · ')} />
  )
}

function Fact({ name, value, hint }: { name: string; value: string; hint: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span>{hint}</span>
      </dd>
    </div>
  )
}
