import { useState } from 'preact/hooks'
import { collectionAddress } from '../../address/links'
import { go } from '../../address/router'
import { may } from '../../connection/session'
import { sentences } from '../../language/language'
import type { Song } from '../../library/library'
import { collect } from '../../playlists/collecting'
import { addSongs } from '../../queue/adding'
import { clockOf } from '../../time/time'
import { IconButton } from '../button'
import { type Choice, Choices, Sheet } from '../sheet'
import { Cover } from './cover'

const ADDED_MS = 2_500

/** A song: the plus adds it to the queue, the rest of the row opens a sheet with more choices. */
export function SongRow({ song, place }: { song: Song; place?: number }) {
  // The URI of the song whose sheet is open, since scrolling reuses the row for another song.
  const [openUri, setOpenUri] = useState<string | null>(null)
  const close = () => setOpenUri(null)
  const words = sentences()
  return (
    <div class="row song-row">
      <button
        type="button"
        class="row-main"
        aria-haspopup="dialog"
        onClick={() => setOpenUri(song.uri)}
      >
        {place === undefined ? (
          <Cover uri={song.uri} name={song.album ?? song.name} />
        ) : (
          <span class="place">{place}</span>
        )}
        <span class="row-words">
          <span class="row-title">{song.name}</span>
          <span class="row-hint">{hintOf(song, place === undefined)}</span>
        </span>
        {song.lengthMs !== undefined && <span class="length">{clockOf(song.lengthMs)}</span>}
      </button>
      {may('queue.add') && <AddButton song={song} />}
      {openUri === song.uri && (
        <Sheet title={song.name} hint={hintOf(song)} onClose={close}>
          <Choices choices={choicesFor(song, words)} onDone={close} />
        </Sheet>
      )}
    </div>
  )
}

function hintOf({ artist, album }: Song, withAlbum = true): string {
  return [artist, withAlbum && album].filter(Boolean).join(' · ')
}

export function AddButton({ song }: { song: Song }) {
  const [doneUri, setDoneUri] = useState<string | null>(null)
  const done = doneUri === song.uri
  async function add() {
    setDoneUri(song.uri)
    const added = await addSongs([song])
    setTimeout(() => setDoneUri(null), added ? ADDED_MS : 0)
  }
  return (
    <IconButton
      class={done ? 'add done' : 'add'}
      icon={done ? 'check' : 'plus'}
      label={sentences().addName(song.name)}
      onClick={add}
    />
  )
}

function choicesFor(song: Song, words: ReturnType<typeof sentences>): Choice[] {
  const choices: Choice[] = []
  if (may('queue.add'))
    choices.push(
      { icon: 'plus', label: words.add, run: () => void addSongs([song]) },
      { icon: 'nextUp', label: words.addNext, run: () => void addSongs([song], 'next') },
    )
  if (may('queue.add') && may('playback'))
    choices.push({ icon: 'play', label: words.playNow, run: () => void addSongs([song], 'now') })
  if (may('playlists.save'))
    choices.push({ icon: 'collect', label: words.addToPlaylist, run: () => collect([song]) })
  const { albumUri: uri, album: name } = song
  if (uri !== undefined && name !== undefined)
    choices.push({
      icon: 'album',
      label: words.goToAlbum,
      run: () => go(collectionAddress({ uri, name, type: 'album' })),
    })
  return choices
}
