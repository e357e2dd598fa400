import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { PROXY_LIMITS } from '../../../src/gateway/proxy/reverse-proxy'
import { connectRaw, frame, Opcode, upgradeRequest } from '../../support/raw-socket'
import { until } from '../../support/test-musakone'
import { connectWeb } from './web-socket'
import { setWebStage, type WebStage } from './web-stage'

const PULSE = { heartbeatMs: 100, silenceMs: 400 }
const SLACK_MS = 500

describe('the socket of a web client', () => {
  let stage: WebStage
  let telling: Timer
  beforeAll(async () => {
    const messages = { mostATurn: 10, mostRefused: 20, forgivenPerSecond: 1 }
    stage = await setWebStage({ limits: { proxy: { pulse: PULSE, messages } } })
    // Something is sent all the time, so that it is never idle.
    telling = setInterval(() => {
      for (const socket of stage.mopidy.sockets()) socket.send('news')
    }, 20)
  })
  afterAll(async () => {
    clearInterval(telling)
    await stage.stop()
  })

  const headers = () => ({ authorization: `Bearer ${stage.tokens.admin}` })

  async function connectSilent() {
    const client = connectRaw(Number(new URL(stage.musakone.clientsOrigin).port))
    client.write(upgradeRequest('/stand-in/ws', headers()))
    expect((await client.head()).status).toBe(101)
    return client
  }

  async function expectNothingLeft(): Promise<void> {
    await until(() => stage.musakone.services.proxy.open() === 0, 'nothing to be open')
    await until(() => stage.mopidy.sockets().length === 0, 'Mopidy to have no socket')
  }

  test('C6 that answers no ping is dropped, whatever is sent to it, and Mopidy’s end with it', async () => {
    const openedAt = performance.now()
    const client = await connectSilent()
    await client.closed()
    const ms = performance.now() - openedAt
    expect(ms).toBeGreaterThanOrEqual(PULSE.silenceMs)
    expect(ms).toBeLessThan(PULSE.silenceMs + PULSE.heartbeatMs + SLACK_MS)
    const pings = client.frames.filter(({ opcode }) => opcode === Opcode.ping)
    expect(pings.length).toBeGreaterThanOrEqual(2)
    await expectNothingLeft()
  })

  test('C6 that answers pings stays', async () => {
    const client = await connectWeb(
      `${stage.musakone.clientsOrigin.replace('http', 'ws')}/stand-in/ws`,
      {
        headers: headers(),
      },
    )
    const silent = await connectSilent()
    await silent.closed()
    await Bun.sleep(PULSE.silenceMs)
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
    client.socket.close()
    await client.closed
    await expectNothingLeft()
  })

  test('C6 that says something stays without any pong', async () => {
    const client = await connectSilent()
    const talking = setInterval(() => client.write(frame('hello')), PULSE.heartbeatMs / 2)
    await Bun.sleep(2 * PULSE.silenceMs)
    expect(client.isOpen()).toBe(true)
    clearInterval(talking)
    await client.closed()
    await expectNothingLeft()
  })

  test('C9 that floods is closed with 1008', async () => {
    const client = await connectSilent()
    client.write(...Array.from({ length: 31 }, () => frame('flood')))
    expect(await client.closed()).toBe(1008)
    await expectNothingLeft()
  })

  test('C6 as installed, is dropped within 35 s', () => {
    const { heartbeatMs, silenceMs } = PROXY_LIMITS.pulse
    expect(silenceMs + heartbeatMs / 4).toBeLessThan(35_000)
    expect(heartbeatMs).toBeLessThan(silenceMs / 2)
  })
})
