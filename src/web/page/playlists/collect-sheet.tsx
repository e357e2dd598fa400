import { useEffect, useState } from 'preact/hooks'
import { Waiting } from '../controls/face'
import { Icon } from '../controls/icon'
import { Sheet } from '../controls/sheet'
import { sentences } from '../language/language'
import { nameOfUri } from '../library/library'
import { addTo, type Collectable, collected, makeOf } from './collecting'
import { playlists, refreshPlaylists } from './playlists'
import { NameSheet } from './save-playlist'

/** The sheet in which a playlist for songs is chosen, or a new one is named. */
export function CollectSheet() {
  const songs = collected.value
  return songs && <ChooseFor key={songs} songs={songs} />
}

function ChooseFor({ songs }: { songs: readonly Collectable[] }) {
  const words = sentences()
  const [naming, setNaming] = useState(false)
  useEffect(() => void refreshPlaylists(), [])
  // Other songs may have been chosen meanwhile.
  const close = () => {
    if (collected.value === songs) collected.value = null
  }
  if (naming)
    return (
      <NameSheet
        title={words.newPlaylist}
        name=""
        onClose={close}
        onName={(name) => makeOf(name, songs)}
      />
    )
  const [only] = songs
  const hint = songs.length === 1 && only ? only.name : words.tracks(songs.length)
  return (
    <Sheet title={words.addToPlaylist} hint={hint} onClose={close}>
      <ul class="choices">
        <li>
          <button type="button" onClick={() => setNaming(true)}>
            <Icon name="plus" />
            {words.newPlaylist}
          </button>
        </li>
        {playlists.value?.map(({ uri, name = nameOfUri(uri) }) => (
          <li key={uri}>
            <button
              type="button"
              onClick={() => {
                close()
                addTo({ uri, name }, songs)
              }}
            >
              <Icon name="list" />
              {name}
            </button>
          </li>
        ))}
      </ul>
      {playlists.value === undefined && <Waiting rows={2} />}
    </Sheet>
  )
}
