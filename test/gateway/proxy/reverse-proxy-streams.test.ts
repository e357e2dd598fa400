import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { ProxyLimits } from '../../../src/gateway/proxy/reverse-proxy'
import { IDLE_S } from '../../../src/http/server-settings'
import { remember } from '../../support/aftermath'
import { connectRaw } from '../../support/raw-socket'
import { fixedClock, until } from '../../support/test-musakone'
import { setWebStage, type WebStage } from './web-stage'

const MB = 1024 * 1024
/** Bun looks every four seconds which connections have been idle for too long. */
const IDLE_LESS_S = 4
const SESSION_MS = 30 * 86_400_000

describe('what Mopidy streams', () => {
  let stage: WebStage
  let clock: ReturnType<typeof fixedClock>
  let checkAftermath: () => Promise<void>
  let stream: ReturnType<typeof endlessStream>
  beforeEach(async () => {
    clock = fixedClock()
    const limits: Partial<ProxyLimits> = {
      headersMs: 2_000,
      sweepMs: 20,
      mostRequestsPerSession: 4,
    }
    stage = await setWebStage({ clock, idleS: IDLE_LESS_S, limits: { proxy: limits } })
    stream = endlessStream()
    stage.mopidy.answers('/stand-in/stream.mp3', stream.answer)
    checkAftermath = await remember(stage.musakone, { idleConnections: 8 })
  })
  afterEach(async () => {
    await until(() => stage.musakone.services.proxy.open() === 0, 'nothing to be open')
    stream.end()
    if (stage.musakone.services.mopidy.status().online) await checkAftermath()
    await stage.stop()
  })

  function open(signal?: AbortSignal, token = stage.tokens.member) {
    const init = { token, ...(signal && { signal }) }
    return stage.musakone.requestClient('/stand-in/stream.mp3', init)
  }

  test('comes piece by piece, as it is made, for longer than any deadline', async () => {
    const leaving = new AbortController()
    const response = await open(leaving.signal)
    const reader = response.body?.getReader()
    for (const piece of ['hello', 'two', 'three']) {
      if (piece !== 'hello') stream.say(piece)
      const read = await reader?.read()
      expect(new TextDecoder().decode(read?.value)).toBe(piece)
      // Past the deadline for the headers.
      await Bun.sleep(800)
    }
    expect(stage.musakone.services.proxy.open()).toBe(1)
    leaving.abort()
    await until(() => stream.gone() === 1, 'Mopidy to be let go')
  })

  test('ends at Mopidy when the client goes, though nothing is said', async () => {
    const leaving = new AbortController()
    const response = await open(leaving.signal)
    expect(response.status).toBe(200)
    expect(stream.gone()).toBe(0)
    leaving.abort()
    const leftAt = performance.now()
    await until(() => stream.gone() === 1, 'Mopidy to be let go')
    expect(performance.now() - leftAt).toBeLessThan(2_000)
  })

  test('ends at Mopidy when the client goes before there are headers', async () => {
    let gone = false
    const never = Promise.withResolvers<Response>()
    stage.mopidy.answers('/stand-in/never.js', ({ signal }) => {
      signal.addEventListener('abort', () => {
        gone = true
        never.resolve(new Response(''))
      })
      return never.promise
    })
    const leaving = new AbortController()
    const init = { token: stage.tokens.member, signal: leaving.signal }
    const asking = stage.musakone.requestClient('/stand-in/never.js', init).catch(() => 'left')
    await until(() => stage.mopidy.requests.length === 1, 'Mopidy to be asked')
    leaving.abort()
    const leftAt = performance.now()
    expect(await asking).toBe('left')
    await until(() => gone, 'Mopidy to be let go')
    // Not by the deadline.
    expect(performance.now() - leftAt).toBeLessThan(1_500)
  })

  test('is not taken faster than the client takes it', async () => {
    stage.mopidy.answers('/stand-in/stream.mp3', stream.flood)
    const client = connect(Number(new URL(stage.musakone.clientsOrigin).port), '127.0.0.1')
    client.on('error', () => {})
    const head = `Host: 127.0.0.1\r\nAuthorization: Bearer ${stage.tokens.member}`
    client.once('data', () => client.pause())
    client.write(`GET /stand-in/stream.mp3 HTTP/1.1\r\n${head}\r\n\r\n`)
    let before = -1
    await until(async () => {
      const stands = stream.made() > 0 && stream.made() === before
      before = stream.made()
      if (!stands) await Bun.sleep(300)
      return stands
    }, 'Mopidy to wait')
    // What the buffers of the system and of both servers hold.
    expect(stream.made()).toBeLessThan(32 * MB)
    client.resume()
    await until(() => stream.made() > before + 64 * MB, 'it to go on')
    client.destroy()
    await until(() => stream.gone() === 1, 'Mopidy to be let go')
  })

  test('a body that breaks off does not look whole', async () => {
    const response = await open()
    stream.breakOff()
    const whole = await response.text().then(
      () => true,
      () => false,
    )
    expect(whole).toBe(false)
  })

  test('C3 ends with its session, within two seconds', async () => {
    const other = await open(undefined, stage.tokens.guest)
    const response = await open()
    const reading = response.text().then(
      () => 'whole',
      () => 'broken off',
    )
    const endedAt = performance.now()
    const { member: token } = stage.tokens
    await stage.musakone.request('/api/auth/logout', { method: 'POST', token })
    expect(await reading).toBe('broken off')
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    await until(() => stream.gone() === 1, 'Mopidy to be let go')
    expect(stage.musakone.services.proxy.open()).toBe(1)
    await other.body?.cancel()
  })

  test('C2 ends when its session expires', async () => {
    const response = await open()
    const reading = response.text().catch(() => 'broken off')
    clock.advance(SESSION_MS)
    expect(await reading).toBe('broken off')
    await until(() => stream.gone() === 1, 'Mopidy to be let go')
  })

  test('a session may have only so many open', async () => {
    const leaving = new AbortController()
    const responses = await Promise.all([1, 2, 3, 4].map(() => open(leaving.signal)))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const fifth = await open()
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([429, '1'])
    const other = await open(leaving.signal, stage.tokens.guest)
    expect(other.status).toBe(200)
    leaving.abort()
    await until(() => stream.gone() === 5, 'Mopidy to be let go')
  })

  test('no answer in time is 504', async () => {
    const never = Promise.withResolvers<Response>()
    stage.mopidy.answers('/stand-in/never.js', () => never.promise)
    const askedAt = performance.now()
    const response = await stage.musakone.requestClient('/stand-in/never.js', {
      token: stage.tokens.member,
    })
    expect(response.status).toBe(504)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ error: 'mopidy_timeout' })
    expect(performance.now() - askedAt).toBeGreaterThan(1_990)
    expect(performance.now() - askedAt).toBeLessThan(5_000)
    never.resolve(new Response(''))
  })

  test('C15 is kept through a longer silence than a connection with nothing under way', async () => {
    const leaving = new AbortController()
    const silent = (await open(leaving.signal)).body?.getReader()
    await silent?.read()
    const openedAt = performance.now()
    const never = Promise.withResolvers<Response>()
    stage.mopidy.answers('/stand-in/never.js', () => never.promise)
    const port = Number(new URL(stage.musakone.clientsOrigin).port)
    const token = `Authorization: Bearer ${stage.tokens.member}`
    const clients = ['/stand-in/a.js', '/stand-in/never.js', '/iris/'].map((path) => {
      const client = connectRaw(port)
      client.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${token}\r\n\r\n`))
      return client
    })
    await Promise.all(clients.map((client) => client.head()))
    await Promise.all(clients.map((client) => client.closed()))
    // Nor is it ended the next time that Bun looks.
    await Bun.sleep(openedAt + 3 * IDLE_LESS_S * 1_000 - performance.now())
    stream.say('still here')
    expect(new TextDecoder().decode((await silent?.read())?.value)).toBe('still here')
    leaving.abort()
    never.resolve(new Response(''))
  })

  test('nobody there is 503, at once, and well again when Mopidy is', async () => {
    const { member: token } = stage.tokens
    await stage.mopidy.goAway()
    const { mopidy } = stage.musakone.services
    await until(() => !mopidy.status().online, 'Mopidy to be missed')
    for (const path of ['/iris/', '/local/a.png', '/mopidy/']) {
      const askedAt = performance.now()
      const response = await stage.musakone.requestClient(path, { token })
      expect([path, response.status]).toEqual([path, 503])
      expect(await response.json()).toMatchObject({ error: 'mopidy_offline' })
      expect(performance.now() - askedAt).toBeLessThan(1_500)
    }
    expect((await stage.musakone.requestClient('/nope/', { token })).status).toBe(404)
    stage.mopidy.comeBack()
    await stage.musakone.online()
    expect((await stage.musakone.requestClient('/iris/', { token })).status).toBe(200)
  })
})

test('C15 as installed, a connection with nothing under way is kept for 30 seconds', () => {
  expect(IDLE_S).toBe(30)
})

/** An answer without an end: says what it is told, floods, or breaks off. */
function endlessStream() {
  const speakers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const [megabyte, counts] = [new Uint8Array(MB), { made: 0, gone: 0 }]
  const leave = (speaker: ReadableStreamDefaultController<Uint8Array>) => {
    if (speakers.delete(speaker)) counts.gone += 1
  }
  const answer = ({ signal }: Request) => {
    let mine: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(speaker) {
        mine = speaker
        speakers.add(speaker)
        signal.addEventListener('abort', () => leave(mine))
        // Bun sends the headers with the first piece of the body.
        speaker.enqueue(new TextEncoder().encode('hello'))
      },
      cancel: () => leave(mine),
    })
    return new Response(body)
  }
  const flood = ({ signal }: Request) => {
    let mine: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(speaker) {
        mine = speaker
        speakers.add(speaker)
        signal.addEventListener('abort', () => leave(mine))
      },
      async pull(speaker) {
        counts.made += MB
        speaker.enqueue(megabyte)
        await Bun.sleep(1)
      },
      cancel: () => leave(mine),
    })
    return new Response(body)
  }
  return {
    answer,
    flood,
    made: () => counts.made,
    gone: () => counts.gone,
    say(piece: string): void {
      for (const speaker of speakers) speaker.enqueue(new TextEncoder().encode(piece))
    },
    breakOff(): void {
      for (const speaker of speakers) speaker.error()
      speakers.clear()
    },
    end(): void {
      for (const speaker of speakers) speaker.close()
      speakers.clear()
    },
  }
}
