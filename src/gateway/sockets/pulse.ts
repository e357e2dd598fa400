import type { Socket } from './socket'

export type PulseTimes = Readonly<{
  /** From a sign of life to asking for one. */
  heartbeatMs: number
  /** Silence after which the other side counts as gone. */
  silenceMs: number
}>

export const PULSE_TIMES: PulseTimes = { heartbeatMs: 10_000, silenceMs: 30_000 }

/** When there was a sign of life last, and when one was asked for last; `performance.now()`. */
export type Pulse = { heardAt: number; pingedAt: number }

export function newPulse(): Pulse {
  const heardAt = performance.now()
  return { heardAt, pingedAt: heardAt }
}

/** It has given a sign of life. */
export function feel(pulse: Pulse): void {
  pulse.heardAt = performance.now()
}

/**
 * Asks for a sign of life when it is time to; false when there has been none for too long. To be called
 * more often than the limits last: Bun's own pings and its idle timeout wait for a pause in what is
 * sent, and events may never pause.
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
