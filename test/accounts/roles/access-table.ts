import type { MethodName } from '../../../src/mopidy/methods'

/** Everyone who comes to a route, in every state that an account can be in. */
export const CALLERS = [
  'admin',
  'member',
  'guest',
  /** An admin's API key that was made for administration: it may do all that its owner may. */
  'admin key',
  /** An admin's API key that was made for other things. */
  'plain admin key',
  /** An admin's API key that may do what guests may. */
  'guest key',
  /** An admin who still has to change the first password. */
  'new admin',
  /** A session of an admin who has been disabled since. */
  'disabled admin',
  'nobody',
] as const
export type Caller = (typeof CALLERS)[number]

/** Whom a route lets in; everyone else is turned away. */
type Who = readonly Caller[]

const ANYONE: Who = CALLERS
const SIGNED_IN: Who = ['admin', 'member', 'guest', 'admin key', 'plain admin key', 'guest key']
const IN_PERSON: Who = ['admin', 'member', 'guest']
const WITH_NEW: Who = [...SIGNED_IN, 'new admin']
const IN_PERSON_WITH_NEW: Who = [...IN_PERSON, 'new admin']
const ADMINS: Who = ['admin', 'admin key', 'plain admin key']
/** For acts of administration. */
const CONFIRMED: Who = ['admin', 'admin key']
const MEMBERS: Who = ['admin', 'member', 'admin key', 'plain admin key']
const MEMBERS_IN_PERSON: Who = ['admin', 'member']
/** The first message on the socket may be the one that signs in; a bad token is refused at once. */
const NOT_YET_SIGNED_IN: Who = [...SIGNED_IN, 'nobody']

export type Access = Readonly<{
  who: Who
  /** A request that does no harm, for a path with parameters or a body. */
  at?: string
  json?: unknown
}>

const PASSWORD = 'correct horse battery'
const NOT_THERE = '/999999'

/**
 * Who may use each route, by its method and path as the program has them. Whoever adds a route writes
 * it down here.
 */
export const ROUTES: Readonly<Record<string, Access>> = {
  'GET /health': { who: ANYONE },
  'GET /api/health': { who: ANYONE },
  'GET /metrics': { who: ADMINS },

  'POST /api/auth/login': { who: ANYONE, json: { username: 'admin', password: PASSWORD } },
  'GET /api/auth/me': { who: WITH_NEW },
  'GET /api/auth/signed-in': { who: ANYONE },
  'POST /api/auth/logout': { who: IN_PERSON_WITH_NEW },
  'POST /api/auth/password': {
    who: IN_PERSON_WITH_NEW,
    json: { current_password: PASSWORD, new_password: PASSWORD },
  },
  'POST /api/auth/confirm': { who: IN_PERSON, json: { password: PASSWORD } },
  'GET /api/auth/sessions': { who: IN_PERSON },
  'DELETE /api/auth/sessions/:id': { who: IN_PERSON, at: `/api/auth/sessions${NOT_THERE}` },
  'GET /api/auth/registration': { who: ANYONE },
  'POST /api/auth/invite': { who: ANYONE, json: { code: 'none' } },
  'POST /api/auth/register': { who: ANYONE, json: { username: 'admin', password: PASSWORD } },

  'GET /api/users': { who: ADMINS },
  'POST /api/users': {
    who: CONFIRMED,
    json: { username: 'admin', password: 'another horse, another battery', role: 'guest' },
  },
  'GET /api/users/:id': { who: ADMINS, at: `/api/users${NOT_THERE}` },
  'PATCH /api/users/:id': {
    who: CONFIRMED,
    at: `/api/users${NOT_THERE}`,
    json: { role: 'guest' },
  },
  'DELETE /api/users/:id/brought': { who: CONFIRMED, at: `/api/users${NOT_THERE}/brought` },
  'DELETE /api/users/:id': { who: CONFIRMED, at: `/api/users${NOT_THERE}` },
  'GET /api/users/:id/sessions': { who: ADMINS, at: `/api/users${NOT_THERE}/sessions` },

  'GET /api/roles': { who: ADMINS },
  'PATCH /api/roles/:role': { who: CONFIRMED, at: '/api/roles/none', json: { limits: {} } },
  'DELETE /api/roles/:role': { who: CONFIRMED, at: '/api/roles/none' },
  'GET /api/audit': { who: ADMINS },
  'GET /api/box': { who: ADMINS },
  'GET /api/budgets': { who: ADMINS },
  'GET /api/backups': { who: ADMINS },
  'POST /api/backups': { who: CONFIRMED },

  'GET /api/keys': { who: IN_PERSON },
  'POST /api/keys': { who: MEMBERS_IN_PERSON, json: { name: '' } },
  'DELETE /api/keys/:id': { who: IN_PERSON, at: `/api/keys${NOT_THERE}` },

  'GET /api/invites': { who: ADMINS },
  'POST /api/invites': { who: ADMINS, json: { role: 'guest', expires_at: 0 } },
  'GET /api/invites/:id': { who: ADMINS, at: `/api/invites${NOT_THERE}` },
  'DELETE /api/invites/:id': { who: ADMINS, at: `/api/invites${NOT_THERE}` },
  'GET /api/invites/:id/qr.svg': { who: ADMINS, at: `/api/invites${NOT_THERE}/qr.svg` },
  'GET /api/invites/:id/qr.txt': { who: ADMINS, at: `/api/invites${NOT_THERE}/qr.txt` },

  'GET /api/analytics/stats': { who: SIGNED_IN },
  'GET /api/analytics/stats/room': { who: SIGNED_IN },
  'GET /api/analytics/days': { who: SIGNED_IN },
  'GET /api/analytics/review/:year': { who: SIGNED_IN, at: '/api/analytics/review/2026' },
  'GET /api/analytics/review/:year/room': { who: SIGNED_IN, at: '/api/analytics/review/2026/room' },
  'GET /api/analytics/history': { who: SIGNED_IN },
  'DELETE /api/analytics/history': { who: IN_PERSON, at: '/api/analytics/history?from=0&to=1' },
  'GET /api/analytics/export': { who: SIGNED_IN },
  'POST /api/analytics/import': { who: MEMBERS },
  'GET /api/analytics/incognito': { who: SIGNED_IN },
  'PUT /api/analytics/incognito': { who: IN_PERSON, json: { on: false } },
  'GET /api/playback/state': { who: SIGNED_IN },
  'GET /api/playback/history': { who: SIGNED_IN },
  'GET /api/queue': { who: SIGNED_IN },
  'POST /api/clients/ticket': { who: IN_PERSON, json: { path: '/iris/' } },
  'GET /api/clients': { who: SIGNED_IN },
  'GET /api/room': { who: SIGNED_IN },

  // Sockets and Mopidy's own pages, which check by themselves.
  'GET /ws': { who: NOT_YET_SIGNED_IN },
  'GET /mopidy/ws': { who: SIGNED_IN },
  'GET /mopidy/ws/': { who: SIGNED_IN },
  'POST /mopidy/rpc': {
    who: SIGNED_IN,
    json: { jsonrpc: '2.0', id: 1, method: 'core.get_version' },
  },
  'HEAD /mopidy/rpc': { who: ANYONE },
  'OPTIONS /mopidy/rpc': { who: ANYONE },
  'ALL /*': { who: SIGNED_IN, at: '/demo/cover/the-kettle-hymnal.svg' },

  'GET /': { who: ANYONE },
  'GET /queue': { who: ANYONE },
  'GET /search': { who: ANYONE },
  'GET /browse': { who: ANYONE },
  'GET /playlists': { who: ANYONE },
  'GET /screen': { who: ANYONE },
  'GET /admin': { who: ANYONE },
  'GET /listening': { who: ANYONE },
  'GET /room': { who: ANYONE },
  'GET /service-worker.js': { who: ANYONE },
  'GET /page/:file': { who: ANYONE, at: '/page/none.js' },
  'GET /swagger': { who: ANYONE },
  'GET /swagger/start.js': { who: ANYONE },
  'GET /swagger/swagger-ui-bundle.js': { who: ANYONE },
  'GET /swagger/swagger-ui.css': { who: ANYONE },
  'GET /swagger/json': { who: ANYONE },
  'GET /login': { who: ANYONE },
  'GET /login/login.css': { who: ANYONE },
  'GET /login/login.js': { who: ANYONE },
  'GET /login/words.js': { who: ANYONE },
  'GET /join': { who: ANYONE },
  'GET /join/join.css': { who: ANYONE },
  'GET /join/join.js': { who: ANYONE },
}

/** Which roles may call each method of Mopidy. */
type Callers = 'everyone' | 'members' | 'no one'

export const METHODS: Readonly<Record<MethodName, Callers>> = {
  'core.describe': 'everyone',
  'core.get_uri_schemes': 'everyone',
  'core.get_version': 'everyone',
  'core.history.get_history': 'everyone',
  'core.history.get_length': 'everyone',
  'core.library.browse': 'everyone',
  'core.library.get_distinct': 'everyone',
  'core.library.get_images': 'everyone',
  'core.library.lookup': 'everyone',
  'core.library.refresh': 'members',
  'core.library.search': 'everyone',
  'core.mixer.get_mute': 'everyone',
  'core.mixer.get_volume': 'everyone',
  'core.mixer.set_mute': 'members',
  'core.mixer.set_volume': 'members',
  'core.playback.get_current_tl_track': 'everyone',
  'core.playback.get_current_tlid': 'everyone',
  'core.playback.get_current_track': 'everyone',
  'core.playback.get_state': 'everyone',
  'core.playback.get_stream_title': 'everyone',
  'core.playback.get_time_position': 'everyone',
  'core.playback.next': 'members',
  'core.playback.pause': 'members',
  'core.playback.play': 'members',
  'core.playback.previous': 'members',
  'core.playback.resume': 'members',
  'core.playback.seek': 'members',
  'core.playback.set_state': 'no one',
  'core.playback.stop': 'members',
  'core.playlists.as_list': 'everyone',
  'core.playlists.create': 'members',
  'core.playlists.delete': 'members',
  'core.playlists.get_items': 'everyone',
  'core.playlists.get_uri_schemes': 'everyone',
  'core.playlists.lookup': 'everyone',
  'core.playlists.refresh': 'members',
  'core.playlists.save': 'members',
  'core.tracklist.add': 'everyone',
  'core.tracklist.clear': 'members',
  'core.tracklist.eot_track': 'everyone',
  'core.tracklist.filter': 'everyone',
  'core.tracklist.get_consume': 'everyone',
  'core.tracklist.get_eot_tlid': 'everyone',
  'core.tracklist.get_length': 'everyone',
  'core.tracklist.get_next_tlid': 'everyone',
  'core.tracklist.get_previous_tlid': 'everyone',
  'core.tracklist.get_random': 'everyone',
  'core.tracklist.get_repeat': 'everyone',
  'core.tracklist.get_single': 'everyone',
  'core.tracklist.get_tl_tracks': 'everyone',
  'core.tracklist.get_tracks': 'everyone',
  'core.tracklist.get_version': 'everyone',
  'core.tracklist.index': 'everyone',
  'core.tracklist.move': 'members',
  'core.tracklist.next_track': 'everyone',
  'core.tracklist.previous_track': 'everyone',
  'core.tracklist.remove': 'members',
  'core.tracklist.set_consume': 'members',
  'core.tracklist.set_random': 'members',
  'core.tracklist.set_repeat': 'members',
  'core.tracklist.set_single': 'members',
  'core.tracklist.shuffle': 'members',
  'core.tracklist.slice': 'everyone',
}
