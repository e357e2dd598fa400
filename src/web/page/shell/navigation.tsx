import { follow, path } from '../address/router'
import { may } from '../connection/session'
import { Icon, type IconName } from '../controls/icon'
import { sentences } from '../language/language'
import { queueLength, queueLoaded } from '../queue/queue'

const PLACES = [
  ['/', 'playing', 'note'],
  ['/queue', 'queue', 'queue'],
  ['/search', 'search', 'search'],
  ['/browse', 'browse', 'library'],
  ['/playlists', 'playlists', 'list'],
  ['/listening', 'listening', 'chart'],
  ['/room', 'room', 'people'],
  ['/admin', 'admin', 'sliders'],
] as const satisfies readonly (readonly [string, string, IconName])[]

/** A phone has no room for them at its foot; there the account leads to them. */
const ON_DESKS: ReadonlySet<string> = new Set(['/listening', '/room', '/admin'])

const mayOpen = (name: (typeof PLACES)[number][1]): boolean =>
  (name !== 'room' || may('history.room')) && (name !== 'admin' || may('users'))

/** The way to every screen: at the foot on a phone, at the side on a desk. */
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
        {PLACES.filter(([, name]) => mayOpen(name)).map(([to, name, icon]) => (
          <li key={to} class={ON_DESKS.has(to) ? 'on-desk' : undefined}>
            <a href={to} onClick={follow} aria-current={path.value === to ? 'page' : undefined}>
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
