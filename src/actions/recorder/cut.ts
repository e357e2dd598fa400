import { cutText, metadataText } from '../../database/row-texts'
import type { Action } from '../classify'

/** Characters that the metadata of a recorded action have at most, as JSON. */
export const MOST_RECORDED = 4_096

/** The action with its texts cut to what a row may hold: what waits to be written is bounded, too. */
export function cutAction(action: Action): Action {
  const { track, metadata } = action
  const text = metadata === null ? null : JSON.stringify(metadata)
  const isLong = text !== null && text.length > MOST_RECORDED
  return {
    ...action,
    track: track && {
      ...track,
      uri: cutText(track.uri),
      name: cutText(track.name),
      artist: cutText(track.artist),
    },
    metadata: isLong ? JSON.parse(metadataText(metadata) ?? 'null') : metadata,
  }
}
