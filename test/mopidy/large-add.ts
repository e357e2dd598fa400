import type { DemoMopidy } from '../../src/demo/mopidy'
import { connectOwn, type OwnSocket } from '../support/own-socket'
import { connectRpc, type RpcClient } from '../support/rpc-client'
import {
  startTestMusakone,
  type TestMusakone,
  type TestMusakoneOptions,
} from '../support/test-musakone'

export type TlTrack = { tlid: number; track: { uri: string } }
type Frame = { id: number; method: string; params: Record<string, unknown> }

export type AddRoom = Awaited<ReturnType<typeof openAddRoom>>

/** What Mopidy gets at once of a large add. */
export const CHUNK = 20

/** So many different short URIs of the demo, again and again: they have to fit in one frame. */
export function manyUris(count: number): string[] {
  const albums = ['valoisa', 'good-enough', 'la-hora-azul', 'tihiy-signal']
  return Array.from({ length: count }, (_, index) => {
    const album = albums[Math.floor(index / 8) % albums.length]
    return `demo:track:${album}:0${(index % 8) + 1}`
  })
}

export const urisOf = (tlTracks: readonly TlTrack[]) => tlTracks.map(({ track }) => track.uri)

/** Musakone with a demo, and clients of both dialects. */
export async function openAddRoom(options: TestMusakoneOptions = {}) {
  const musakone = await startTestMusakone(options)
  await musakone.online()
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  const token = await musakone.logIn()
  const adder = await own(musakone, token)
  const other = await own(musakone, token)
  const headers = { authorization: `Bearer ${token}` }
  const third = await connectRpc(musakone.socketUrl, { headers })
  await third.call('core.get_version')
  const outsider = await connectRpc(demo.url)
  await musakone.services.mopidy.idle()

  return {
    musakone,
    demo,
    token,
    adder,
    other,
    third,
    outsider,
    /** The tracklist, as Mopidy itself has it. */
    list: () => outsider.call<TlTrack[]>('core.tracklist.get_tl_tracks'),

    /** The events of that name that each has heard, once nothing is on its way any more. */
    async heard(event: string): Promise<Record<'adder' | 'other' | 'third', number>> {
      for (const client of [adder, other]) await client.call('core.library.browse', { uri: '' })
      await third.call('core.library.browse', { uri: '' })
      return {
        adder: eventsOf(adder, event),
        other: eventsOf(other, event),
        third: third.events.filter(({ name }) => name === event).length,
      }
    },

    forgetEvents(): void {
      forget(adder, other, third)
    },

    /** Closes the sockets. */
    async leave(): Promise<void> {
      for (const client of [adder, other, third, outsider]) await client.close()
      forget(adder, other, third)
    },

    async stop(): Promise<void> {
      for (const client of [adder, other, third, outsider]) await client.close()
      await musakone.stop()
    },
  }
}

/** The calls of some methods that have reached Mopidy, in their order. */
export function framesOf({ received }: DemoMopidy, ...methods: string[]): Frame[] {
  return received
    .map((text) => JSON.parse(text) as Frame)
    .filter(({ method }) => methods.some((name) => method === `core.${name}`))
}

async function own(musakone: TestMusakone, token: string): Promise<OwnSocket> {
  const client = await connectOwn(musakone.socketUrl)
  await client.signIn(token)
  return client
}

const eventsOf = ({ messages }: OwnSocket, name: string) =>
  messages.filter(({ event }) => event === name).length

function forget(adder: OwnSocket, other: OwnSocket, third: RpcClient): void {
  for (const { messages, texts } of [adder, other]) {
    messages.splice(0)
    texts.splice(0)
  }
  third.clearEvents()
}
