import type { Command } from '../actions/actions'
import type { ActionType } from '../mopidy/methods'
import { readTlTracks } from '../mopidy/track'

/** A command counts as the cause of what happens within this time, in milliseconds. */
const CAUSE_MS = 2_000

/** What may start or end a track. */
const CAUSES: ReadonlySet<string> = new Set<ActionType>([
  'play',
  'skip',
  'previous',
  'seek',
  'stop',
  'queue_clear',
  'queue_remove',
])

export type Cause = Readonly<{ userId: number; action: ActionType }>
export type Attribution = ReturnType<typeof createAttribution>

/** Who caused what: who queued a track, and who gave the last command to the player. */
export function createAttribution() {
  // Only what an `add` returned is bound to its caller; other tracks came from outside.
  const queuedBy = new Map<number, number>()
  let last: { cause: Cause; at: number } | undefined

  return {
    note({ userId, call, result }: Command): void {
      const { action } = call.method
      if (action === 'queue_add')
        for (const { tlid } of readTlTracks(result)) queuedBy.set(tlid, userId)
      else if (action === 'queue_remove')
        for (const { tlid } of readTlTracks(result)) queuedBy.delete(tlid)
      if (action !== undefined && CAUSES.has(action))
        last = { cause: { userId, action }, at: performance.now() }
    },

    /** The user who queued that track, or null. */
    queuerOf: (tlid: number): number | null => queuedBy.get(tlid) ?? null,

    /** The command that what happens now came from, if it was one of these. */
    cause(...actions: readonly ActionType[]): Cause | undefined {
      if (last === undefined || performance.now() - last.at > CAUSE_MS) return undefined
      return actions.includes(last.cause.action) ? last.cause : undefined
    },

    /** Mopidy may have restarted and count its tlids from 1 again. */
    forget: (): void => queuedBy.clear(),
  }
}
