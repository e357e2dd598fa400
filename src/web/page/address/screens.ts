/**
 * The screens and their addresses. The server answers each address with the page, the service worker opens
 * each without a connection, and the page makes its links of them.
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
export type ScreenName = keyof typeof SCREENS

const names = new Map<string, ScreenName>(
  (Object.keys(SCREENS) as ScreenName[]).map((name) => [SCREENS[name], name]),
)

/** The screen at a path; `playing` for an unknown path. */
export const screenAt = (path: string): ScreenName => names.get(path) ?? 'playing'
