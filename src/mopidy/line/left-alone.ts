import type { Clock } from '../../clock'
import type { Call } from '../call'
import { RpcCode, type RpcError } from '../jsonrpc'

/**
 * Remembers which parts of Mopidy's library did not answer in time. Each further call to one would keep
 * Mopidy's only thread, and with it everybody, waiting up to the deadline again.
 */
export function createLeftAlone({ clock, restMs }: { clock: Clock; restMs: number }) {
  const untilMs = new Map<string, number>()

  function isLeftAlone(part: string): boolean {
    const end = untilMs.get(part)
    if (end === undefined) return false
    if (clock.elapsed() < end) return true
    untilMs.delete(part)
    return false
  }

  return {
    /** Notes that the library did not answer this call in time. */
    note: (call: Call): void =>
      void untilMs.set(partsOf(call).join(' and '), clock.elapsed() + restMs),

    /** Why the call is not made, if it would ask what is left alone. */
    refusal(call: Call): RpcError | undefined {
      if (untilMs.size === 0) return undefined
      const parts = partsOf(call)
      const part = [...parts, parts.join(' and ')].find(isLeftAlone)
      if (part === undefined) return undefined
      const message = `The library (${part}) did not answer in time and is left alone for a minute`
      return { code: RpcCode.timedOut, message }
    },

    forget: (): void => untilMs.clear(),
  }
}

/** The backends that a call asks, by the schemes of its addresses; all of them where it names none. */
function partsOf({ name, method, params }: Call): string[] {
  const addresses = (method.addresses?.(params) ?? []).filter((uri) => typeof uri === 'string')
  const schemes = addresses.map((uri) => uri.split(':', 1)[0]?.toLowerCase() ?? '')
  return schemes.length === 0 ? [name] : [...new Set(schemes)].sort()
}
