import { playlistAddress } from '../address/links'
import { follow } from '../address/router'
import { Icon } from '../controls/icon'

export function PlaylistRow({ uri, name }: { uri: string; name: string }) {
  return (
    <a class="row folder-row" href={playlistAddress(uri, name)} onClick={follow}>
      <span class="cover symbol">
        <Icon name="list" />
      </span>
      <span class="row-words">
        <span class="row-title">{name}</span>
      </span>
      <Icon name="forward" />
    </a>
  )
}
