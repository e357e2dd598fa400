import { expect } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { expectAsBefore, footprintOf, online } from '../../cli/footprint'
import { startExecutable } from '../../support/executable'
import { upgradeRequest } from '../../support/raw-socket'
import { until } from '../../support/test-musakone'
import { type Crowd, createAnnouncer, startCrowd } from './crowd'

export type LoadStage = Awaited<ReturnType<typeof openLoadStage>>

const MOST_GROWTH_MB = 20
const PATIENCE_MS = 20_000

/** The executable before a demo Mopidy, and clients in processes of their own. */
export async function openLoadStage() {
  const mopidy = await startDemoMopidy({ maxTracklistLength: 100_000 })
  const musakone = await startExecutable({
    MOPIDY_URL: mopidy.url,
    MAX_SOCKETS_PER_USER: '6000',
  })
  await online(musakone)
  const url = `${musakone.socketUrl}?token=${await musakone.logIn()}`
  const crowds: Crowd[] = []
  const lazy: Socket[] = []
  const { pid } = musakone.child

  return {
    mopidy,
    musakone,
    url,
    announce: createAnnouncer(mopidy),
    memoryMb: () => footprintOf(musakone).memoryMb,
    descriptors: () => footprintOf(musakone).descriptors,

    /** So many clients in one more process. */
    async crowd(clients: number): Promise<Crowd> {
      const crowd = startCrowd()
      crowds.push(crowd)
      await crowd.ask({ do: 'arrive', url, clients })
      return crowd
    },

    /** A client that is signed in and then reads nothing more. */
    async lazyClient(): Promise<Socket> {
      const socket = connect({ port: musakone.port, host: '127.0.0.1' })
      lazy.push(socket)
      socket.on('error', () => {})
      const { pathname, search } = new URL(url)
      socket.write(upgradeRequest(pathname + search))
      await new Promise<void>((resolve) => socket.once('data', () => resolve()))
      socket.pause()
      return socket
    },

    /** Whether Musakone still has this client's connection, as the system knows it. */
    holds(client: Socket): boolean {
      const port = (number: number) => number.toString(16).toUpperCase().padStart(4, '0')
      // Local address, remote address, 01 for established (proc_net_tcp).
      const entry = new RegExp(
        `:${port(musakone.port)} [0-9A-F]+:${port(client.localPort ?? 0)} 01 `,
      )
      return ['tcp', 'tcp6'].some((file) => entry.test(readFileSync(`/proc/net/${file}`, 'utf8')))
    },

    /** Runs `work`; the most memory that was resident meanwhile, in MB. */
    async peakOf(work: () => Promise<unknown>): Promise<number> {
      // Sets VmHWM back to what is resident now (proc(5)).
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
      await work()
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
    },

    /** Remembers what it costs; the function given back sends all away and waits until it is so again. */
    remember() {
      const before = footprintOf(musakone)
      return async () => {
        await Promise.all(crowds.splice(0).map((crowd) => crowd.stop()))
        for (const socket of lazy.splice(0)) socket.destroy()
        await until(
          () => footprintOf(musakone).memoryMb < before.memoryMb + MOST_GROWTH_MB,
          `the memory to be given back (before: ${before.memoryMb} MB)`,
          PATIENCE_MS,
        )
        await expectAsBefore(musakone, before)
      }
    },

    async close(): Promise<void> {
      await Promise.all(crowds.splice(0).map((crowd) => crowd.stop()))
      expect(await musakone.stop()).toBe(0)
      await mopidy.stop()
    },
  }
}
