import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { hasRealMopidy, startRealMopidy } from '../support/real-mopidy'
import { startTestMusakone, type TestMusakone } from '../support/test-musakone'
import { connectMopidyJs } from './bun-client'
import { createStenographer, type MopidyJs } from './stenographer'

setDefaultTimeout(60_000)

const neighbours = [
  {
    name: 'the demo Mopidy',
    present: true,
    async start() {
      const { url, faults, stop } = await startDemoMopidy()
      return {
        url,
        stop,
        leave: async () => faults.refuse(true),
        back: async () => faults.refuse(false),
      }
    },
  },
  {
    name: 'a real Mopidy',
    present: hasRealMopidy(),
    async start() {
      const { url, stop, kill, restart } = await startRealMopidy()
      return { url, stop, leave: kill, back: restart }
    },
  },
]

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function connect(musakone: TestMusakone, token: string) {
  const mopidy = connectMopidyJs(
    `${musakone.origin.replace('http', 'ws')}/mopidy/ws?token=${token}`,
  )
  open.push(() => mopidy.close())
  return { mopidy, ...createStenographer(mopidy) }
}

async function startMusakone(mopidyUrl?: string): Promise<TestMusakone> {
  const musakone = await startTestMusakone(mopidyUrl === undefined ? {} : { mopidyUrl })
  open.push(() => musakone.stop())
  await musakone.online()
  return musakone
}

describe('mopidy.js through Musakone', () => {
  for (const { name, present, start } of neighbours)
    test.skipIf(!present)(`stays online while ${name} restarts, and hears of it`, async () => {
      const neighbour = await start()
      open.push(() => neighbour.stop())
      const musakone = await startMusakone(neighbour.url)
      const token = await musakone.logIn()
      const client = connect(musakone, token)
      await client.inState('state:online')

      await neighbour.leave()
      await client.heard('mopidyDisconnected', {})
      await client.ask('playback.getState')
      // Another one comes online even now: core.describe is answered from memory.
      const other = connect(musakone, token)
      await other.inState('state:online')

      await neighbour.back()
      await client.heard('mopidyConnected', {})
      await client.ask('playback.getState')
      await client.act('mixer.setMute', { mute: true }, { awaits: ['muteChanged'] })
      await other.heard('muteChanged', { mute: true })

      const { entries, states, api } = client.transcript()
      expect(states).toEqual([['state:online', undefined]])
      expect(other.transcript().api).toEqual(api)
      expect(entries[0]?.error).toMatchObject({ code: -32000, message: 'Mopidy is offline' })
      expect(entries[1]).toMatchObject({ result: 'stopped' })
    })

  test('backs off more and more when its token is refused', async () => {
    const { mopidy, states, inState } = await refused()
    await inState('reconnectionPending', 4)
    mopidy.close()
    expect(states()).toEqual([
      ...['state:offline', 'reconnectionPending 50', 'reconnecting'],
      ...['state:offline', 'reconnectionPending 100', 'reconnecting'],
      ...['state:offline', 'reconnectionPending 200', 'reconnecting'],
      ...['state:offline', 'reconnectionPending 400'],
    ])
  })

  test('is closed when its session ends, hears nothing more and is not let in again', async () => {
    const musakone = await startMusakone()
    const token = await musakone.logIn()
    const client = connect(musakone, token)
    const codes = closeCodes(client.mopidy)
    await client.inState('state:online')
    expect((await musakone.request('/api/auth/logout', { token, method: 'POST' })).status).toBe(200)
    await client.inState('reconnectionPending', 3)
    musakone.demo?.emit({ event: 'volume_changed', volume: 99 })
    const bystander = connect(musakone, await musakone.logIn())
    await bystander.inState('state:online')
    const { states, volumes } = client.transcript()
    expect(codes[0]).toBe(4401)
    expect(states.filter(([name]) => name === 'state:online')).toHaveLength(1)
    expect(volumes).toEqual([])
  })

  async function refused() {
    const musakone = await startMusakone()
    const client = connect(musakone, 'no-such-token')
    const states = () =>
      client.transcript().states.map(([name, data]) => {
        const { timeToAttempt } = (data ?? {}) as { timeToAttempt?: number }
        return timeToAttempt === undefined ? name : `${name} ${timeToAttempt}`
      })
    return { ...client, states }
  }
})

/** The codes with which its sockets are closed, as they come. */
function closeCodes(mopidy: MopidyJs): number[] {
  const codes: number[] = []
  mopidy.on('websocket:close', (event) => void codes.push((event as { code: number }).code))
  return codes
}
