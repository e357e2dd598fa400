import { expect, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import type { OwnMessage, OwnSocket } from '../../support/own-socket'
import { hasRealMopidy, startRealMopidy } from '../../support/real-mopidy'
import { startTestMusakone, until } from '../../support/test-musakone'
import { ASK, createStage, OFFLINE, signedIn, TIMED_OUT, timed } from '../stage'

// Answered by Mopidy, or from memory as long as the silence is not noticed.
const STATE = 'core.playback.get_state'
const SEARCH = 'core.library.search'

/** A third of the times as installed, but for a library call's, which the test does not sit out. */
const LESS_PATIENT = { callMs: 3_300, heartbeatMs: 700, silenceMs: 4_000 }

test.skipIf(!hasRealMopidy())(
  'U3 a real Mopidy that is stopped where it stands is noticed, and comes back',
  async () => {
    const stage = createStage()
    try {
      const mopidy = stage.keep(await startRealMopidy())
      // One of them waits for a library call, one does not.
      const limits = { mopidy: LESS_PATIENT }
      const programs = [
        stage.keep(await startTestMusakone({ mopidyUrl: mopidy.url, limits })),
        stage.keep(await startTestMusakone({ mopidyUrl: mopidy.url, limits })),
      ] as const
      for (const program of programs) await program.online()
      const atRest = [await remember(programs[0]), await remember(programs[1])]
      const [searching, other] = [await signedIn(programs[0]), await signedIn(programs[1])]
      const both = [searching, other]
      expect(await searching.call(STATE)).toMatchObject({ result: 'stopped' })

      mopidy.freeze()
      const frozen = performance.now()
      ask(searching, SEARCH, { query: { any: ['a'] } })
      for (const client of both) {
        ask(client, ASK)
        ask(client, STATE)
      }
      const noticing = Promise.all(both.map((client) => status(client, false)))
      const answers = Promise.all(both.map((client) => answer(client, ASK)))
      expect(await timed(answers, frozen)).toBeLessThan(LESS_PATIENT.callMs + 1_000)
      for (const each of await answers) expect(each).toMatchObject({ error: TIMED_OUT })
      const states = Promise.all(both.map((client) => answer(client, STATE)))
      expect(await timed(states, frozen)).toBeLessThan(LESS_PATIENT.callMs + 1_000)
      expect(await timed(noticing, frozen)).toBeLessThan(LESS_PATIENT.silenceMs + 3_000)
      for (const client of both)
        expect(await client.call('core.mixer.get_volume')).toMatchObject({ error: OFFLINE })
      expect(searching.messages).toEqual([])

      mopidy.thaw()
      const thawed = performance.now()
      const returning = Promise.all(both.map((client) => status(client, true)))
      expect(await answer(searching, SEARCH)).toMatchObject({ result: expect.any(Array) })
      // At most a dial that hangs, a step of the back-off, and the first call.
      expect(await timed(returning, thawed)).toBeLessThan(10_000)
      for (const client of both) {
        expect(await client.call(STATE)).toMatchObject({ result: 'stopped' })
        // Events tell what may differ by now; nothing else comes unasked.
        expect(client.messages.filter(({ type }) => type !== 'mopidy_event')).toEqual([])
        client.close()
      }
      for (const check of atRest) await check()
    } finally {
      await stage.clear()
    }
  },
  120_000,
)

function ask(client: OwnSocket, method: string, params = {}): void {
  client.send({ type: 'mopidy', id: method, method, params })
}

const answer = (client: OwnSocket, method: string) => take(client, ({ id }) => id === method)

const status = (client: OwnSocket, online: boolean) =>
  take(client, (message) => message.type === 'mopidy_status' && message.online === online)

/** Takes the first message that fits, with more patience than the client has. */
async function take(
  { messages }: OwnSocket,
  fits: (message: OwnMessage) => boolean,
): Promise<OwnMessage | undefined> {
  await until(() => messages.some(fits), 'a message', 40_000)
  return messages.splice(messages.findIndex(fits), 1)[0]
}
