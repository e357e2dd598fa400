import type { Clock } from '../../clock'

/** How long a restored Mopidy may take to play again, in milliseconds. */
const RESTORING_MS = 5_000

/** A time in which Mopidy is not heard, because Mopidy or Musakone is away. */
export function createAbsence(clock: Clock) {
  let durationMs: (() => number) | undefined
  let restoredAt: number | undefined

  return {
    isOn: (): boolean => durationMs !== undefined,

    /** How long it has lasted; infinite when the clock cannot tell, undefined when there is none. */
    durationMs: (): number | undefined => durationMs?.(),

    /** Mopidy has gone away, or is frozen, for `silentMs` milliseconds already. */
    begin(silentMs: number): void {
      const at = clock.elapsed() - silentMs
      durationMs = () => clock.elapsed() - at
    },

    /** Musakone starts; the process before it last heard Mopidy at `sinceMs`, in Unix milliseconds. */
    beginAt(sinceMs: number): void {
      durationMs = () => {
        const passed = clock.now() - sinceMs
        // The clock was set back meanwhile.
        return passed >= 0 ? passed : Number.POSITIVE_INFINITY
      }
    },

    /** Mopidy is back and has restored its state, but does not play yet: the absence goes on. */
    awaitRestored(): void {
      restoredAt = clock.elapsed()
    },

    /** Whether a restored Mopidy has been waited for long enough. */
    waitedInVain: (): boolean =>
      restoredAt !== undefined && clock.elapsed() - restoredAt >= RESTORING_MS,

    end(): void {
      durationMs = undefined
      restoredAt = undefined
    },
  }
}
