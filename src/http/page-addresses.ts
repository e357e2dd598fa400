/** The addresses of the page that people open: one a screen. */
export const SCREENS = [
  '/',
  '/queue',
  '/search',
  '/browse',
  '/playlists',
  '/screen',
  '/listening',
  '/room',
  '/admin',
] as const

/** The page where people log in; it leads on to its `next`. */
export const LOGIN_PAGE = '/login'

/** The page where people make an account; the code of an invite stands after its `#`. */
export const JOIN_PAGE = '/join'
