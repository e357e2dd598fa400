import type { Permission } from '../../accounts/roles/permissions'
import type { Role } from '../../accounts/roles/role'
import type { Roles } from '../../accounts/roles/roles'
import type { ProxiedPath } from './proxied-path'

/** What a role needs to be let through to Mopidy's web pages; where no rule fits, it is `admin`. */
export type Need = Permission | 'admin'

type Rule = Readonly<{
  methods: readonly string[]
  /** Of what follows the client's name. */
  path: RegExp
  /** Without its `?`; where it is absent, the query does not matter. */
  query?: RegExp
  need: Need
}>

const READ = ['GET', 'HEAD'] as const
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** The page of a client, and files of kinds that are only read. */
const PAGES: readonly Rule[] = [
  { methods: READ, path: /^$/, need: 'see' },
  {
    methods: READ,
    path: /\.(html?|css|js|mjs|map|json|webmanifest|wasm|txt|xml)$/i,
    need: 'see',
  },
  { methods: READ, path: /\.(svg|png|jpe?g|gif|webp|avif|ico|bmp)$/i, need: 'see' },
  { methods: READ, path: /\.(woff2?|ttf|otf|eot|mp3|ogg|wav)$/i, need: 'see' },
]

/** Folders of art, which are no clients. */
const ART: ReadonlyMap<string, readonly Rule[]> = new Map([
  ['local', [{ methods: READ, path: /^/, need: 'see' }]],
  ['images', [{ methods: READ, path: /^/, need: 'see' }]],
  ['demo', [{ methods: READ, path: /^cover\//, need: 'see' }]],
])

const IRIS_PAGES =
  /^(add-to-playlist|album|artist|discover|edit-command|image-zoom|initial-setup|kiosk-mode|library|playlist|queue|search|settings|share-configuration|track|user)(\/|$)/

/** Of each client, the first rule that fits counts; then those of all. */
const CLIENTS: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  [
    'iris',
    [
      // Iris asks https://genius.com + path, so that a path without its slash names another host.
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
      // It calls whatever method IrisCore has, by GET too: restart, upgrade, local_scan, run_command.
      { methods: ANY, path: /^(http|ws)(\/|$)/, need: 'admin' },
      { methods: READ, path: IRIS_PAGES, need: 'see' },
    ],
  ],
  // Mopidy-WebSettings: passwords in its form, and a button that turns the box off.
  ['settings', [{ methods: ANY, path: /^/, need: 'admin' }]],
])

/** What one may say over a client's own socket; a socket that is not listed here is for admins. */
export type SocketRules = Readonly<{
  path: RegExp
  /** The methods that may be called, and what they need. */
  methods: Readonly<Record<string, Permission>>
  /** What Mopidy's side may tell everyone without being asked. */
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

/** Whether it is a folder of art. */
export function isArt(client: string): boolean {
  return ART.has(client)
}

/** What the request needs: `see` is all that pages, assets and art ask for. */
export function needOf(method: string, { client, rest, decodedRest, query }: ProxiedPath): Need {
  const [need, other] = [rest, decodedRest].map((text) => ruleFor(method, client, text, query))
  // What reads otherwise once it is decoded is trusted with neither.
  return need === other ? (need ?? 'admin') : 'admin'
}

/** What the role may say over that socket: everything, by the rules, or nothing. */
export function socketRules(
  role: Role,
  { client, rest }: ProxiedPath,
): 'everything' | 'nothing' | SocketRules {
  if (role === 'admin') return 'everything'
  const rules = SOCKETS.get(client)
  return rules?.path.test(rest) ? rules : 'nothing'
}

/** Whether the role has what is needed. */
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
