import { readdirSync } from 'node:fs'
import { type TestMusakone, until } from './test-musakone'

const MOST_GROWTH = 20 * 1024 * 1024

/**
 * Remembers how the program is; the function that it gives back waits until it is so again: no
 * client and no request left, its files and sockets closed, its memory within 20 MB, and healthy.
 */
export async function remember(
  musakone: TestMusakone,
  // What fetch keeps open for the next request; both ends are in this process.
  { idleConnections = 2 } = {},
): Promise<() => Promise<void>> {
  await healthy(musakone)
  const clients = musakone.services.gateway.connectionCount()
  const files = openFiles()
  const memory = residentMemory()

  return async () => {
    await until(
      () => musakone.services.gateway.connectionCount() === clients,
      'the sockets to be gone',
    )
    await musakone.services.mopidy.idle()
    await healthy(musakone)
    await until(() => openFiles() <= files + 2 * idleConnections, 'the files to be closed')
    await until(() => residentMemory() <= memory + MOST_GROWTH, 'the memory to be given back')
  }
}

/** Bytes that the process holds, after a garbage collection. */
export function residentMemory(): number {
  Bun.gc(true)
  return process.memoryUsage.rss()
}

async function healthy(musakone: TestMusakone): Promise<void> {
  const response = await musakone.request('/health')
  const { status } = (await response.json()) as { status: string }
  if (response.status !== 200 || status !== 'ok') throw new Error(`health: ${status}`)
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}
