import type { Mopidy } from '../mopidy/mopidy'
import { type Action, startOf } from './classify'

/** How long a `play` waits for the event that says what started, in milliseconds. */
const LONGEST_WAIT_MS = 500

type Start = {
  tlid: unknown
  told: (action: Action | undefined) => void
  known: Promise<void>
}

/**
 * Finds out which track a `play` really started. Only an event tells, and it comes after the reply: a
 * tlid that is not in the tracklist, for example, restarts the current track.
 */
export function createStarts({ mopidy }: { mopidy: Mopidy }) {
  const waiting = new Set<Start>()

  mopidy.onEvent(({ name, data }) => {
    if (name !== 'track_playback_started' && name !== 'track_playback_resumed') return
    const action = startOf('play', data.tl_track, data.time_position)
    const starts = [...waiting]
    const asked = starts.find(({ tlid }) => tlid === action?.metadata?.tlid) ?? starts[0]
    asked?.told(action)
  })

  return {
    /** Calls `onKnown` once: with the start that Mopidy told of, or undefined when it told of none. */
    expect(tlid: unknown, onKnown: (action: Action | undefined) => void): void {
      const { promise, resolve } = Promise.withResolvers<void>()
      const told = (action: Action | undefined) => {
        clearTimeout(timer)
        waiting.delete(start)
        onKnown(action)
        resolve()
      }
      const start = { tlid, told, known: promise }
      const timer = setTimeout(told, LONGEST_WAIT_MS, undefined)
      waiting.add(start)
    },

    /** Resolves when every start that was expected before is known, or has not come in time. */
    known: async (): Promise<void> => void (await Promise.all([...waiting].map((s) => s.known))),

    close(): void {
      for (const { told } of [...waiting]) told(undefined)
    },
  }
}
