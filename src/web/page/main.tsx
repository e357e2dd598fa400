// First, so that the rules of a screen come later in the bundle and win over these.
import './look/look.css'
import { render } from 'preact'
import { SCREENS } from '../../http/page-addresses'
import { adminAddress, type Part } from './address/links'
import { address, path, query } from './address/router'
import { screenAt } from './address/screens'
import { leadThroughFirstSteps } from './admin/first-steps'
import { BrowseScreen } from './browse/browse-screen'
import { recognise } from './connection/session'
import { connect } from './connection/socket'
import { sentences } from './language/language'
import { yearAsked } from './listening/year'
import { startWith } from './opening/calm'
import { install } from './opening/installed'
import { lazily } from './opening/lazy'
import { listenToMediaKeys } from './playing/media-keys'
import { refreshPlayback } from './playing/player'
import { Playing } from './playing/playing'
import { PlaylistsScreen } from './playlists/playlists-screen'
import { loadQueue } from './queue/queue'
import { QueueScreen } from './queue/queue-screen'
import { WallScreen } from './screen/wall-screen'
import { SearchScreen } from './search/search-screen'
import { accountSheet } from './shell/account-sheet'
import { confirming } from './shell/confirming'
import { Shell } from './shell/shell'
import { ToastList } from './shell/toast-list'

startWith([recognise(), refreshPlayback(), loadQueue()])
connect()
listenToMediaKeys()
install()
leadThroughFirstSteps()

const ListeningScreen = lazily<typeof import('./listening/listening-screen')>(
  ['/page/listening-screen.js', '/page/listening-screen.css'],
  ({ ListeningScreen }) => ListeningScreen,
)
const RoomScreen = lazily<typeof import('./room/room-screen')>(
  ['/page/room-screen.js', '/page/room-screen.css'],
  ({ RoomScreen }) => RoomScreen,
)

const AdminScreen = lazily<typeof import('./admin/admin-screen')>(
  ['/page/admin-screen.js', '/page/admin-screen.css'],
  ({ AdminScreen }) => AdminScreen,
)
const AccountSheets = lazily<typeof import('./account/account-sheets')>(
  ['/page/account-sheets.js', '/page/account-sheets.css'],
  ({ AccountSheets }) => AccountSheets,
)

function Page() {
  // The server refuses everything else until a first password is changed.
  if (accountSheet.value === 'first-password') return <AccountSheets />
  return (
    <>
      <Screen />
      {(accountSheet.value !== null || confirming.value !== null) && <AccountSheets />}
    </>
  )
}

function Screen() {
  const words = sentences()
  const [name, inside] = [query.value.get('name'), query.value.has('uri')]
  // An album's screen shows the name beside its cover.
  const album = query.value.get('type') === 'album'
  switch (screenAt(path.value)) {
    case 'screen':
      return (
        <>
          <WallScreen />
          <ToastList />
        </>
      )
    case 'queue':
      return (
        <Shell title={words.queue} bar>
          <QueueScreen />
        </Shell>
      )
    case 'search':
      return (
        <Shell title={words.search} bar>
          <SearchScreen />
        </Shell>
      )
    case 'browse':
      return (
        <Shell
          title={album ? words.browse : (name ?? words.browse)}
          back={inside ? SCREENS.browse : undefined}
          bar
        >
          <BrowseScreen />
        </Shell>
      )
    case 'playlists':
      return (
        <Shell title={name ?? words.playlists} back={inside ? SCREENS.playlists : undefined} bar>
          <PlaylistsScreen />
        </Shell>
      )
    case 'listening':
    case 'room': {
      const year = yearAsked()
      const mine = path.value === SCREENS.listening
      const title = mine ? words.listening : words.room
      return (
        <Shell
          title={year === undefined ? title : words.yearInReview(String(year))}
          back={year === undefined ? undefined : path.value}
          bar
        >
          {mine ? <ListeningScreen /> : <RoomScreen />}
        </Shell>
      )
    }
    case 'admin':
      return (
        <Shell
          title={words.admin}
          back={address.value === SCREENS.admin ? undefined : backFrom(query.value)}
          bar
        >
          <AdminScreen />
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

/** From one person or invite to its part, from a part to the overview. */
function backFrom(query: URLSearchParams): string {
  return query.has('id') ? adminAddress(query.get('part') as Part) : SCREENS.admin
}

const place = document.getElementById('page')
if (place !== null) render(<Page />, place)
