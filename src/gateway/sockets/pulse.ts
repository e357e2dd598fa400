import type { Socket } from './socket'

export type PulseTimes = Readonly<{
  /** From the last sign of life to asking for another with a ping. */
  heartbeatMs: number
  /** Silence after which the other side counts as gone. */
  silenceMs: number
}>

export const PULSE_TIMES: PulseTimes = { heartbeatMs: 10_000, silenceMs: 30_000 }

/** When the last sign of life came, and when the last was asked for; `performance.now()`. */
export type Pulse = { heardAt: number; pingedAt: number }

export function newPulse(): Pulse {
  const heardAt = performance.now()
  return { heardAt, pingedAt: heardAt }
}

/** Notes a sign of life. */
export function feel(pulse: Pulse): void {
  pulse.heardAt = performance.now()
}

/**
 * Asks for a sign of life when it is time to; false when there has been none for too long. It is to be
 * called several times within `heartbeatMs`. Bun's own pings and idle timeout do not serve: they wait
 * for a pause in what is sent, and events may never pause.
 */
export function beats(
  pulse: Pulse,
  socket: Socket,
  { heartbeatMs, silenceMs }: PulseTimes,
): boolean {
  const now = performance.now()
  if (now - pulse.heardAt >= silenceMs) return false
  if (now - Math.max(pulse.heardAt, pulse.pingedAt) >= heartbeatMs) {
    pulse.pingedAt = now
    socket.ping()
  }
  return true
}
