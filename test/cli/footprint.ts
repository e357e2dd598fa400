import { expect } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import type { RunningExecutable } from '../support/executable'
import { until } from '../support/test-musakone'

export type Footprint = { memoryMb: number; descriptors: number }

/** The resident memory and open file descriptors of a running executable. */
export function footprintOf({ child: { pid } }: RunningExecutable): Footprint {
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { memoryMb: Number(resident) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

/** Checks that the service answers, has closed all descriptors, and has grown by under 20 MB. */
export async function expectAsBefore(running: RunningExecutable, before: Footprint): Promise<void> {
  const response = await fetch(`${running.origin}/health`)
  expect(response.status).toBe(200)
  await until(() => footprintOf(running).descriptors <= before.descriptors, 'descriptors to close')
  expect(footprintOf(running).memoryMb).toBeLessThan(before.memoryMb + 20)
}

/** The reply of `/health`. */
export async function healthOf(running: RunningExecutable) {
  const response = await fetch(`${running.origin}/health`)
  return (await response.json()) as { status: string; mopidy: { online: boolean } }
}

/** Resolves when the executable is connected to its Mopidy. */
export async function online(running: RunningExecutable): Promise<void> {
  await until(async () => (await healthOf(running)).mopidy.online, 'Mopidy to be online')
}
