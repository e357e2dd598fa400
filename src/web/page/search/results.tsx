import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { collectionAddress } from '../address/links'
import { follow } from '../address/router'
import { Button } from '../controls/button'
import { Icon } from '../controls/icon'
import { Cover } from '../controls/rows/cover'
import { SongRow } from '../controls/rows/song-row'
import { VirtualList } from '../controls/rows/virtual-list'
import { sentences } from '../language/language'
import { artistsOf, type Found, nameOfUri, songOf } from '../library/library'
import { PlaylistRow } from '../playlists/playlist-row'

/** So few that what follows is seen to follow. */
const FEW_SONGS = 4
const FEW = 8
const ROW_HEIGHT = 64

const allSongs = signal<Found | null>(null)

/** What was found, by kind: songs first, and so above the keyboard of a phone. */
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
              <ul class="rows">
                {songs.slice(0, FEW_SONGS).map((song) => (
                  <li key={song.uri}>
                    <SongRow song={song} />
                  </li>
                ))}
              </ul>
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
          <ul class="shelf">
            {albums.slice(0, FEW).map(({ uri = '', name = '', artists: by }) => (
              <li key={uri}>
                <a href={collectionAddress({ uri, name, type: 'album' })} onClick={follow}>
                  <Cover uri={uri} name={name} />
                  <span class="shelf-title">{name}</span>
                  <span class="shelf-hint">{artistsOf(by)}</span>
                </a>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {artists.length > 0 && (
        <Section title={words.artists}>
          <ul class="shelf round">
            {artists.slice(0, FEW).map(({ uri = '', name = '' }) => (
              <li key={uri}>
                <a href={collectionAddress({ uri, name, type: 'artist' })} onClick={follow}>
                  <span class="cover portrait">
                    <Icon name="artist" />
                  </span>
                  <span class="shelf-title">{name}</span>
                </a>
              </li>
            ))}
          </ul>
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

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="section">
      <div class="section-head">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  )
}
