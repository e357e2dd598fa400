import { useEffect, useState } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { playlistAddress } from '../address/links'
import { go, query } from '../address/router'
import { AddAll, Items } from '../browse/browse-screen'
import { may } from '../connection/session'
import { connection } from '../connection/socket'
import { Button } from '../controls/button'
import { Face, isAway, OfflineFace, Waiting } from '../controls/face'
import { VirtualList } from '../controls/rows/virtual-list'
import { Question } from '../controls/sheet'
import { sentences } from '../language/language'
import { nameOfUri, type Song } from '../library/library'
import { queueLength } from '../queue/queue'
import { PlaylistRow } from './playlist-row'
import {
  deletePlaylist,
  openPlaylist,
  playlists,
  refreshPlaylists,
  renamePlaylist,
} from './playlists'
import { NameSheet, SavePlaylist } from './save-playlist'

const ROW_HEIGHT = 64

/** All playlists, or one of them. */
export function PlaylistsScreen() {
  if (isAway()) return <OfflineFace />
  const uri = query.value.get('uri')
  return uri === null ? <AllPlaylists /> : <OnePlaylist key={uri} uri={uri} />
}

function AllPlaylists() {
  const words = sentences()
  const [saving, setSaving] = useState(false)
  const isOpen = connection.value === 'open'
  useEffect(() => {
    if (isOpen) refreshPlaylists()
  }, [isOpen])
  const all = playlists.value
  if (all === undefined) return <Waiting />
  const save = may('playlists.save') && queueLength.value > 0 && (
    <Button icon="save" onClick={() => setSaving(true)}>
      {words.keepQueue}
    </Button>
  )
  return (
    <div class="playlists">
      {all.length === 0 ? (
        <Face icon="list" title={words.noPlaylists} hint={words.noPlaylistsHint}>
          {save}
        </Face>
      ) : (
        <>
          <div class="tools">
            <p class="count" />
            {save}
          </div>
          <VirtualList
            count={all.length}
            rowHeight={ROW_HEIGHT}
            label={words.playlists}
            render={(index) => {
              const { uri = '', name = nameOfUri(uri) } = all[index] ?? {}
              return <PlaylistRow uri={uri} name={name} />
            }}
          />
        </>
      )}
      {saving && <SavePlaylist onClose={() => setSaving(false)} />}
    </div>
  )
}

function OnePlaylist({ uri }: { uri: string }) {
  const words = sentences()
  const name = query.value.get('name') ?? nameOfUri(uri)
  const [songs, setSongs] = useState<readonly Song[] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [sheet, setSheet] = useState<'rename' | 'delete' | null>(null)
  const isOpen = connection.value === 'open'
  useEffect(() => {
    if (isOpen) openPlaylist(uri).then(setSongs, (error) => setProblem(error.message))
  }, [uri, isOpen])
  if (problem !== null) return <Face icon="offline" title={problem} />
  if (songs === null) return <Waiting />
  const close = () => setSheet(null)
  async function remove() {
    if (await deletePlaylist({ uri, name })) go(SCREENS.playlists, { replace: true })
  }
  async function rename(chosen: string) {
    const renamed = await renamePlaylist(uri, chosen)
    if (renamed !== null) go(playlistAddress(renamed, chosen), { replace: true })
  }
  return (
    <div class="playlist">
      <div class="tools">
        <p class="count">{words.tracks(songs.length)}</p>
        {may('playlists.save') && (
          <Button icon="pencil" onClick={() => setSheet('rename')}>
            {words.rename}
          </Button>
        )}
        {may('playlists') && (
          <Button icon="trash" onClick={() => setSheet('delete')}>
            {words.delete}
          </Button>
        )}
        {songs.length > 0 && <AddAll songs={songs} />}
      </div>
      {songs.length === 0 ? (
        <Face icon="list" title={words.emptyPlaylist} />
      ) : (
        <Items folders={[]} songs={[...songs]} />
      )}
      {sheet === 'rename' && (
        <NameSheet title={words.rename} name={name} onClose={close} onName={rename} />
      )}
      {sheet === 'delete' && (
        <Question
          title={words.deleteQuestion(name)}
          icon="trash"
          label={words.delete}
          onYes={remove}
          onClose={close}
        />
      )}
    </div>
  )
}
