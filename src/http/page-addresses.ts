/**
 * The screens of the page and their addresses. The server answers each address with the page, the service
 * worker opens each without a connection, and the page makes its links of them.
 */
export const SCREENS = {
  playing: '/',
  queue: '/queue',
  search: '/search',
  browse: '/browse',
  playlists: '/playlists',
  listening: '/listening',
  room: '/room',
  admin: '/admin',
  screen: '/screen',
} as const

/** The page where people log in; it leads on to its `next`. */
export const LOGIN_PAGE = '/login'

/** The page where people make an account; the code of an invite stands after its `#`. */
export const JOIN_PAGE = '/join'

/** On the web clients' origin: takes a ticket, and leads on to its `next`. */
export const CLIENTS_ENTRY = '/enter'
