import { useEffect, useState } from 'preact/hooks'
import { collectionAddress } from '../address/links'
import { query } from '../address/router'
import { may } from '../connection/session'
import { connection } from '../connection/socket'
import { Button, IconButton } from '../controls/button'
import { Face, isAway, OfflineFace, Waiting } from '../controls/face'
import type { IconName } from '../controls/icon'
import { Cover, IconCover } from '../controls/rows/cover'
import { FolderRow } from '../controls/rows/folder-row'
import { SongRow } from '../controls/rows/song-row'
import { VirtualList } from '../controls/rows/virtual-list'
import { sentences } from '../language/language'
import { nameOfUri, type Ref, type Song } from '../library/library'
import { collect } from '../playlists/collecting'
import { addSongs } from '../queue/adding'
import { type Collection, openCollection } from './collection'
import './browse.css'

const ROW_HEIGHT = 64
const ICONS: Readonly<Record<string, IconName>> = {
  directory: 'folder',
  artist: 'artist',
  playlist: 'list',
}

/** The library as Mopidy's backends arrange it. */
export function BrowseScreen() {
  const uri = query.value.get('uri')
  const type = query.value.get('type') ?? 'directory'
  const [collection, setCollection] = useState<Collection | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  const words = sentences()
  const isOpen = connection.value === 'open'
  useEffect(() => {
    if (!isOpen || isAway()) return
    let stays = true
    setProblem(null)
    setCollection(null)
    openCollection(uri, type).then(
      (opened) => stays && setCollection(opened),
      (error) => stays && setProblem(error.message),
    )
    return () => {
      stays = false
    }
  }, [uri, type, attempt, isOpen, isAway()])
  if (isAway()) return <OfflineFace />
  if (problem !== null)
    return (
      <Face icon="offline" title={problem}>
        <Button onClick={() => setAttempt(attempt + 1)}>{words.retry}</Button>
      </Face>
    )
  if (collection === null) return <Waiting rows={8} />
  const { folders, songs } = collection
  if (folders.length + songs.length === 0)
    return <Face icon="library" title={words.emptyLibrary} hint={words.emptyLibraryHint} />
  return (
    <div class="browse">
      {type === 'album' && songs.length > 0 && <AlbumHead uri={uri ?? ''} songs={songs} />}
      {type !== 'album' && songs.length > 1 && folders.length === 0 && songs.length <= 500 && (
        <div class="tools">
          <p class="count">{words.tracks(songs.length)}</p>
          <AddAll songs={songs} />
        </div>
      )}
      <Items folders={folders} songs={songs} numbered={type === 'album'} />
    </div>
  )
}

type ItemsOptions = Collection & { numbered?: boolean }

export function Items({ folders, songs, numbered = false }: ItemsOptions) {
  return (
    <VirtualList
      count={folders.length + songs.length}
      rowHeight={ROW_HEIGHT}
      label={sentences().browse}
      render={(index) => {
        const folder = folders[index]
        if (folder !== undefined) return <CollectionRow folder={folder} />
        const at = index - folders.length
        const song = songs[at]
        return song && <SongRow song={song} {...(numbered && { place: at + 1 })} />
      }}
    />
  )
}

function CollectionRow({ folder }: { folder: Ref }) {
  const { uri, type } = folder
  const name = folder.name || nameOfUri(uri)
  const picture =
    type === 'album' ? (
      <Cover uri={uri} name={name} />
    ) : (
      <IconCover icon={ICONS[type] ?? 'folder'} />
    )
  return <FolderRow to={collectionAddress({ uri, name, type })} picture={picture} title={name} />
}

function AlbumHead({ uri, songs }: { uri: string; songs: readonly Song[] }) {
  const name = query.value.get('name') ?? ''
  const artists = [...new Set(songs.map(({ artist }) => artist))]
  return (
    <div class="album-head">
      <Cover uri={uri} name={name} />
      <div>
        <h2>{name}</h2>
        <p>{artists.length <= 2 ? artists.join(', ') : ''}</p>
        <p class="count">{sentences().tracks(songs.length)}</p>
        <AddAll songs={songs} />
      </div>
    </div>
  )
}

export function AddAll({ songs }: { songs: readonly Song[] }) {
  const words = sentences()
  return (
    <div class="add-all">
      {may('queue.add') && (
        <Button icon="plus" class="primary" onClick={() => void addSongs(songs)}>
          {words.addAll}
        </Button>
      )}
      {may('playlists.save') && (
        <IconButton icon="collect" label={words.addToPlaylist} onClick={() => collect(songs)} />
      )}
    </div>
  )
}
