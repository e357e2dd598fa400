import type { Permission } from '../../accounts/roles/permissions'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { ProxiedPath } from './proxied-path'

/** The permission that a request to Mopidy's web pages needs, or `admin`, also where no rule fits. */
type Need = Permission | 'admin'

type Rule = Readonly<{
  methods: readonly string[]
  /** Matches what follows the client's name. */
  path: RegExp
  /** Matches the query without its `?`; without this member any query fits. */
  query?: RegExp
  need: Need
}>

const READ = ['GET', 'HEAD'] as const
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const PICTURE = /\.(svg|png|jpe?g|gif|webp|avif|ico|bmp)$/i

/** The page of any client, and files of kinds that are only read. */
const PAGES: readonly Rule[] = [
  { methods: READ, path: /^$/, need: 'see' },
  {
    methods: READ,
    path: /\.(html?|css|js|mjs|map|json|webmanifest|wasm|txt|xml)$/i,
    need: 'see',
  },
  { methods: READ, path: PICTURE, need: 'see' },
  { methods: READ, path: /\.(woff2?|ttf|otf|eot|mp3|ogg|wav)$/i, need: 'see' },
]

/** Folders of art; they are no web clients. */
const ART: ReadonlyMap<string, readonly Rule[]> = new Map([
  ['local', [{ methods: READ, path: /^/, need: 'see' }]],
  ['images', [{ methods: READ, path: /^/, need: 'see' }]],
  ['demo', [{ methods: READ, path: /^cover\//, need: 'see' }]],
])

const IRIS_PAGES =
  /^(add-to-playlist|album|artist|discover|edit-command|image-zoom|initial-setup|kiosk-mode|library|playlist|queue|search|settings|share-configuration|track|user)(\/|$)/

/** The rules of each client: the first that fits counts, before those of all clients. */
const CLIENTS: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  [
    'iris',
    [
      // Iris fetches `https://genius.com` + path: a path without its slash would name another host.
      {
        methods: ['GET'],
        path: /^http\/get_lyrics$/,
        query: /^path=\/[\w-]+&connection_id=\w+$/,
        need: 'browse',
      },
      {
        methods: ['GET'],
        path: /^http\/(get|refresh)_spotify_token$/,
        query: /^$/,
        need: 'browse',
      },
      // Iris calls any method of IrisCore, by GET too: restart, upgrade, local_scan, run_command.
      { methods: ANY, path: /^(http|ws)(\/|$)/, need: 'admin' },
      { methods: READ, path: IRIS_PAGES, need: 'see' },
    ],
  ],
  // Mopidy-WebSettings shows passwords in its form, and has a button that turns the box off.
  ['settings', [{ methods: ANY, path: /^/, need: 'admin' }]],
])

/** What may be sent over a client's own socket; a socket that is not listed here is for admins. */
export type SocketRules = Readonly<{
  path: RegExp
  /** The methods that may be called, and the permission that each needs. */
  methods: Readonly<Record<string, Permission>>
  /** The notifications that Mopidy's side may send. */
  notices: ReadonlySet<string>
}>

const SOCKETS: ReadonlyMap<string, SocketRules> = new Map([
  // mopidy_iris/core.py, 3.x. Its radio is missing because it plays past the record of actions, its
  // commands because they hold addresses and keys, messages because they run in other people's pages.
  [
    'iris',
    {
      path: /^ws\/?$/,
      methods: {
        get_config: 'see',
        get_version: 'see',
        get_radio: 'see',
        get_queue_metadata: 'see',
        get_connections: 'see',
        update_connection: 'see',
        set_username: 'see',
        get_pinned: 'browse',
        get_spotify_token: 'browse',
        refresh_spotify_token: 'browse',
        add_queue_metadata: 'queue.add',
        set_pinned: 'playlists',
      },
      notices: new Set([
        'connection_added',
        'connection_changed',
        'connection_removed',
        'queue_metadata_changed',
        'pinned_changed',
        'spotify_token_changed',
        'radio_started',
        'radio_changed',
        'radio_stopped',
        'notification',
        'reload',
        'local_scan_started',
        'local_scan_finished',
        'upgrade_started',
        'upgrade_finished',
        'restart_started',
        'restart_finished',
      ]),
    },
  ],
])

/** Whether the name is that of a folder of art. */
export function isArt(client: string): boolean {
  return ART.has(client)
}

/** Whether the request asks for art, or for a picture of a web client. */
export function isPicture(method: string, { client, rest }: ProxiedPath): boolean {
  const isRead = (READ as readonly string[]).includes(method)
  return isRead && rest !== '' && (isArt(client) || PICTURE.test(rest))
}

/** What the request needs: for pages, their files and art it is `see`. */
export function needOf(method: string, { client, rest, decodedRest, query }: ProxiedPath): Need {
  const [need, other] = [rest, decodedRest].map((text) => ruleFor(method, client, text, query))
  // A path that needs another permission once it is decoded could be read either way by Mopidy.
  return need === other ? (need ?? 'admin') : 'admin'
}

/** What the role may send over that socket: everything, what the rules allow, or nothing. */
export function socketRules(
  role: Role,
  { client, rest }: ProxiedPath,
): 'everything' | 'nothing' | SocketRules {
  if (role === 'admin') return 'everything'
  const rules = SOCKETS.get(client)
  return rules?.path.test(rest) ? rules : 'nothing'
}

/** Whether the role has what the request needs. */
export function hasNeed(roles: Roles, role: Role, need: Need): boolean {
  return role === 'admin' || (need !== 'admin' && roles.may(role, need))
}

function ruleFor(method: string, client: string, rest: string, query: string): Need {
  const rules = ART.get(client) ?? [...(CLIENTS.get(client) ?? []), ...PAGES]
  const fitting = rules.find(
    (rule) =>
      rule.methods.includes(method) &&
      rule.path.test(rest) &&
      (rule.query === undefined || rule.query.test(query.slice(1))),
  )
  return fitting?.need ?? 'admin'
}
