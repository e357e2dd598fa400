import { SCREENS } from '../../../http/page-addresses'
import { follow, path } from '../address/router'
import type { ScreenName } from '../address/screens'
import { may } from '../connection/session'
import { Icon, type IconName } from '../controls/icon'
import { sentences } from '../language/language'
import { queueLength, queueLoaded } from '../queue/queue'

/** The links in their order; the wall screen is opened from the account's sheet. */
const PLACES = [
  ['playing', 'note'],
  ['queue', 'queue'],
  ['search', 'search'],
  ['browse', 'library'],
  ['playlists', 'list'],
  ['listening', 'chart'],
  ['room', 'people'],
  ['admin', 'sliders'],
] as const satisfies readonly (readonly [ScreenName, IconName])[]

/** Screens without room in a phone's navigation; there the account's sheet links to them. */
const ON_DESKS: ReadonlySet<ScreenName> = new Set(['listening', 'room', 'admin'])

const mayOpen = (name: ScreenName): boolean =>
  (name !== 'room' || may('history.room')) && (name !== 'admin' || may('users'))

/** The main navigation: at the foot on a phone, at the side on a desk. */
export function Navigation() {
  const words = sentences()
  return (
    <nav class="places" aria-label={words.mainNavigation}>
      <span class="brand">
        <svg viewBox="0 0 64 64" aria-hidden="true">
          <circle class="record" cx="32" cy="32" r="30" />
          <circle class="groove" cx="32" cy="32" r="25" />
          <circle class="groove" cx="32" cy="32" r="20.5" />
          <circle class="groove" cx="32" cy="32" r="16" />
          <circle class="label" cx="32" cy="32" r="10.5" />
          <circle class="hole" cx="32" cy="32" r="2" />
        </svg>
        Musakone
      </span>
      <ul>
        {PLACES.filter(([name]) => mayOpen(name)).map(([name, icon]) => (
          <li key={name} class={ON_DESKS.has(name) ? 'on-desk' : undefined}>
            <a
              href={SCREENS[name]}
              onClick={follow}
              aria-current={path.value === SCREENS[name] ? 'page' : undefined}
            >
              <Icon name={icon} />
              <span>{words[name]}</span>
              {name === 'queue' && <Badge />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Badge() {
  const count = queueLength.value
  if (!queueLoaded.value || count === 0) return null
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 999 ? '999+' : count}</span>
      <span class="unseen">{sentences().tracks(count)}</span>
    </span>
  )
}
