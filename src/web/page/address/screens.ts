import { SCREENS } from '../../../http/page-addresses'

export type ScreenName = keyof typeof SCREENS

const names = new Map<string, ScreenName>(
  (Object.keys(SCREENS) as ScreenName[]).map((name) => [SCREENS[name], name]),
)

/** The screen at a path; `playing` for an unknown path. */
export const screenAt = (path: string): ScreenName => names.get(path) ?? 'playing'
