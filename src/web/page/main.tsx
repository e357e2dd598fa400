import { render } from 'preact'
import { BrowseScreen } from './browse/browse-screen'
import { sentences } from './language/language'
import { listenToMediaKeys } from './media-keys'
import { Playing } from './playing/playing'
import { PlaylistsScreen } from './playlists/playlists-screen'
import { QueueScreen } from './queue/queue-screen'
import { path, query } from './router'
import { WallScreen } from './screen/wall-screen'
import { SearchScreen } from './search/search-screen'
import { recognise } from './session'
import { Shell } from './shell/shell'
import { ToastList } from './shell/toast-list'
import { connect } from './socket'
import './look.css'

recognise()
connect()
listenToMediaKeys()

function Page() {
  const words = sentences()
  const [name, inside] = [query.value.get('name'), query.value.has('uri')]
  // An album has its name beside its cover.
  const album = query.value.get('type') === 'album'
  switch (path.value) {
    case '/screen':
      return (
        <>
          <WallScreen />
          <ToastList />
        </>
      )
    case '/queue':
      return (
        <Shell title={words.queue} bar>
          <QueueScreen />
        </Shell>
      )
    case '/search':
      return (
        <Shell title={words.search} bar>
          <SearchScreen />
        </Shell>
      )
    case '/browse':
      return (
        <Shell
          title={album ? words.browse : (name ?? words.browse)}
          back={inside ? '/browse' : undefined}
          bar
        >
          <BrowseScreen />
        </Shell>
      )
    case '/playlists':
      return (
        <Shell title={name ?? words.playlists} back={inside ? '/playlists' : undefined} bar>
          <PlaylistsScreen />
        </Shell>
      )
    default:
      return (
        <Shell title={words.playing} bar={false}>
          <Playing />
        </Shell>
      )
  }
}

const place = document.getElementById('page')
if (place !== null) render(<Page />, place)
