import { playlistAddress } from '../address/links'
import { IconCover } from '../controls/rows/cover'
import { FolderRow } from '../controls/rows/folder-row'

export function PlaylistRow({ uri, name }: { uri: string; name: string }) {
  return (
    <FolderRow to={playlistAddress(uri, name)} picture={<IconCover icon="list" />} title={name} />
  )
}
