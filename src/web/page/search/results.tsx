import { signal } from '@preact/signals'
import { collectionAddress } from '../address/links'
import { Button } from '../controls/button'
import { Cover, IconCover } from '../controls/rows/cover'
import { Shelf } from '../controls/rows/shelf'
import { SongList } from '../controls/rows/song-list'
import { SongRow } from '../controls/rows/song-row'
import { VirtualList } from '../controls/rows/virtual-list'
import { Section } from '../controls/section'
import { sentences } from '../language/language'
import { artistsOf, type Found, nameOfUri, songOf } from '../library/library'
import { PlaylistRow } from '../playlists/playlist-row'

/** So few that the albums below are visible on a phone. */
const FEW_SONGS = 4
const FEW = 8
const ROW_HEIGHT = 64

const allSongs = signal<Found | null>(null)

/** The results by kind. Songs come first, since a phone's keyboard covers the lower half. */
export function Results({ found }: { found: Found }) {
  const { tracks, albums, artists, playlists } = found
  const words = sentences()
  const songs = tracks.map(songOf)
  const showsAll = allSongs.value === found || songs.length <= FEW_SONGS
  return (
    <>
      {songs.length > 0 && (
        <Section title={words.songs}>
          {showsAll ? (
            <VirtualList
              count={songs.length}
              rowHeight={ROW_HEIGHT}
              label={words.songs}
              render={(index) => songs[index] && <SongRow song={songs[index]} />}
            />
          ) : (
            <>
              <SongList songs={songs.slice(0, FEW_SONGS)} />
              <Button
                class="wide"
                onClick={() => {
                  allSongs.value = found
                }}
              >
                {words.showAll(songs.length)}
              </Button>
            </>
          )}
        </Section>
      )}
      {albums.length > 0 && (
        <Section title={words.albums}>
          <Shelf
            items={albums.slice(0, FEW).map(({ uri = '', name = '', artists: by }) => ({
              to: collectionAddress({ uri, name, type: 'album' }),
              picture: <Cover uri={uri} name={name} />,
              title: name,
              hint: artistsOf(by),
            }))}
          />
        </Section>
      )}
      {artists.length > 0 && (
        <Section title={words.artists}>
          <Shelf
            round
            items={artists.slice(0, FEW).map(({ uri = '', name = '' }) => ({
              to: collectionAddress({ uri, name, type: 'artist' }),
              picture: <IconCover icon="artist" as="portrait" />,
              title: name,
            }))}
          />
        </Section>
      )}
      {playlists.length > 0 && (
        <Section title={words.playlists}>
          <ul class="rows">
            {playlists.slice(0, FEW).map(({ uri, name = nameOfUri(uri) }) => (
              <li key={uri}>
                <PlaylistRow uri={uri} name={name} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
