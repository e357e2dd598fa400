import { SCREENS } from '../../../http/page-addresses'

/** The parts of the administration, in the order of their tabs. */
export const PARTS = ['people', 'invites', 'roles', 'audit', 'health', 'backups'] as const
export type Part = (typeof PARTS)[number] | 'start'

/** The administration, a part of it, or one person or invite of that part. */
export function adminAddress(part?: Part, id?: number): string {
  if (part === undefined) return SCREENS.admin
  return `${SCREENS.admin}?part=${part}${id === undefined ? '' : `&id=${id}`}`
}

/** The figures, history or data of one person, or the figures or history of the room. */
export const listeningAddress = (
  screen: 'listening' | 'room',
  show?: 'history' | 'data',
): string => (show === undefined ? SCREENS[screen] : `${SCREENS[screen]}?show=${show}`)

/** The search for a text; the empty search without one. */
export const searchAddress = (text: string): string =>
  text === '' ? SCREENS.search : `${SCREENS.search}?${new URLSearchParams({ q: text })}`

export const playlistAddress = (uri: string, name: string): string =>
  `${SCREENS.playlists}?${new URLSearchParams({ uri, name })}`

/** An album, an artist or a folder of the library. */
export function collectionAddress({
  uri,
  name = '',
  type,
}: {
  uri: string
  name?: string
  type: string
}): string {
  return `${SCREENS.browse}?${new URLSearchParams({ uri, name, type })}`
}
