import type { Song } from '../../library/library'
import { SongRow } from './song-row'

/** A short list of songs; a long one is a `VirtualList`. */
export function SongList({ songs }: { songs: readonly Song[] }) {
  return (
    <ul class="rows">
      {songs.map((song) => (
        <li key={song.uri}>
          <SongRow song={song} />
        </li>
      ))}
    </ul>
  )
}
