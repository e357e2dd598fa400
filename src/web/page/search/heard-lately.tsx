import { useEffect, useState } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { go } from '../address/router'
import { api } from '../connection/api'
import { me } from '../connection/session'
import { Button } from '../controls/button'
import { Face, Waiting } from '../controls/face'
import { SongList } from '../controls/rows/song-list'
import { Section } from '../controls/section'
import { sentences } from '../language/language'
import { nameOfUri, type Song } from '../library/library'

const MOST = 12
const LOOKED_AT = 40

/** The songs that were heard last, shown while the search field is empty. */
export function HeardLately() {
  const [songs, setSongs] = useState<readonly Song[] | null>(null)
  const known = me.value !== null
  useEffect(() => {
    if (known)
      api.playbackHistory(LOOKED_AT).then(
        ({ plays }) => {
          const byUri = new Map(plays.map(({ track }) => [track.uri, track]))
          setSongs([...byUri.values()].slice(0, MOST).map(songOfPlay))
        },
        () => setSongs([]),
      )
  }, [known])
  const words = sentences()
  if (songs === null) return <Waiting />
  if (songs.length === 0)
    return (
      <Face icon="search" title={words.findSong} hint={words.searchHint}>
        <Button icon="library" onClick={() => go(SCREENS.browse)}>
          {words.browse}
        </Button>
      </Face>
    )
  return (
    <Section title={words.heardLately}>
      <SongList songs={songs} />
    </Section>
  )
}

type PlayedTrack = Awaited<ReturnType<typeof api.playbackHistory>>['plays'][number]['track']

function songOfPlay({ uri, name, artist, album, length_ms: length }: PlayedTrack): Song {
  return {
    uri,
    name: name ?? nameOfUri(uri),
    artist: artist ?? '',
    ...(album && { album }),
    ...(length !== null && { lengthMs: length }),
  }
}
