import { isRecord } from '../../json'
import type { Action } from '../classify'

/** Characters of a text, and of metadata as JSON, that are recorded at most. */
export const MOST_RECORDED = 4_096
/** Where metadata are longer: the characters that are left of each of their texts, and items of each list. */
const SHORT_TEXT = 256
const SHORT_LIST = 8

/** The action with its texts cut to what is recorded. */
export function cutAction(action: Action): Action {
  const { track, metadata } = action
  const isShort =
    isShortText(track?.uri) &&
    isShortText(track?.name) &&
    isShortText(track?.artist) &&
    (metadata === null || JSON.stringify(metadata).length <= MOST_RECORDED)
  if (isShort) return action
  return {
    ...action,
    track: track && {
      ...track,
      uri: cutText(track.uri, MOST_RECORDED),
      name: track.name && cutText(track.name, MOST_RECORDED),
      artist: track.artist && cutText(track.artist, MOST_RECORDED),
    },
    metadata: metadata && cutMetadata(metadata),
  }
}

/** So many characters of a text, with a sign that it was longer; no character is cut in two. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function cutMetadata(metadata: NonNullable<Action['metadata']>): Action['metadata'] {
  if (JSON.stringify(metadata).length <= MOST_RECORDED) return metadata
  const cut = cutValue(metadata) as Record<string, unknown>
  if (JSON.stringify(cut).length <= MOST_RECORDED) return cut
  return Object.fromEntries(Object.entries(cut).filter(([, value]) => typeof value === 'number'))
}

function cutValue(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value, SHORT_TEXT)
  if (Array.isArray(value)) return value.slice(0, SHORT_LIST).map(cutValue)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutValue(member)]))
}

const isShortText = (text: string | null | undefined) => (text?.length ?? 0) <= MOST_RECORDED
