import { connectOwn, type OwnSocket } from '../support/own-socket'
import type { TestMusakone } from '../support/test-musakone'

type Stoppable = { stop(): unknown }

/** Keeps what a test has started, to be stopped after it in reverse order. */
export function createStage() {
  const started: Stoppable[] = []
  return {
    keep<Started extends Stoppable>(each: Started): Started {
      started.push(each)
      return each
    },
    async clear(): Promise<void> {
      for (const each of started.splice(0).reverse()) await each.stop()
    },
  }
}

/** A client that has signed in as the admin. */
export async function signedIn(musakone: TestMusakone, token?: string): Promise<OwnSocket> {
  const client = await connectOwn(musakone.socketUrl)
  await client.signIn(token ?? (await musakone.logIn()))
  return client
}

/** The status code and the `status` of `/health`. */
export async function health(musakone: TestMusakone): Promise<[number, string]> {
  const response = await musakone.request('/health')
  const { status } = (await response.json()) as { status: string }
  return [response.status, status]
}

/** Milliseconds until the promise resolves, from now or from that `performance.now()`. */
export async function timed(work: Promise<unknown>, from = performance.now()): Promise<number> {
  await work
  return performance.now() - from
}

/** A read that Mopidy itself answers each time: with null, for an empty tracklist. */
export const ASK = 'core.tracklist.get_next_tlid'

/** What a busy machine may add to a time, in milliseconds. */
export const SLACK_MS = 500

export const OFFLINE = { code: -32000, message: 'Mopidy is offline' }
export const TIMED_OUT = { code: -32001, message: 'Mopidy did not answer in time' }
