import { afterEach, describe, expect, test } from 'bun:test'
import type { DemoMopidy } from '../../../src/demo/mopidy'
import { MOPIDY_LIMITS } from '../../../src/mopidy/mopidy'
import { remember } from '../../support/aftermath'
import { startTestMusakone, type TestMusakoneOptions, until } from '../../support/test-musakone'
import { ASK, createStage, OFFLINE, SLACK_MS, signedIn, TIMED_OUT, timed } from '../stage'

const ALSO = 'core.tracklist.get_eot_tlid'

const stage = createStage()
afterEach(stage.clear)

async function start(limits: NonNullable<TestMusakoneOptions['limits']>['mopidy'] = {}) {
  const musakone = stage.keep(
    await startTestMusakone({ demo: { faulty: true }, limits: { mopidy: limits } }),
  )
  await musakone.online()
  await musakone.services.mopidy.idle()
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  return { musakone, demo, atRest: await remember(musakone) }
}

type Request = { id: number; method: string; params: Record<string, unknown> }

const requests = (demo: DemoMopidy, method: string) =>
  demo.received
    .map((text) => JSON.parse(text) as Request)
    .filter((request) => request.method === method)

describe('A late reply', () => {
  test('U6 the call ends at its deadline, the reply reaches nobody, the id is not used again', async () => {
    const { musakone, demo, atRest } = await start({ callMs: 200 })
    const client = await signedIn(musakone)
    demo.faults.mute(ASK)
    const took = await timed(
      client.call(ASK).then((answer) => expect(answer).toMatchObject({ error: TIMED_OUT })),
    )
    expect(took).toBeGreaterThan(190)
    expect(took).toBeLessThan(200 + SLACK_MS)
    const late = requests(demo, ASK).at(-1)?.id ?? 0

    // A call that waits meanwhile is not the one that is answered.
    demo.faults.mute(ALSO)
    const other = client.call(ALSO)
    demo.faults.garbage(`{"jsonrpc": "2.0", "id": ${late}, "result": 9}`)
    demo.emit({ event: 'options_changed' })
    await client.event('options_changed')
    expect(client.messages).toEqual([])
    expect(await other).toMatchObject({ error: TIMED_OUT })

    demo.faults.mute(null)
    expect(await client.call(ASK)).toMatchObject({ result: null })
    expect(requests(demo, ASK).at(-1)?.id).toBeGreaterThan(late)
    client.close()
    await atRest()
  })

  test('U6 ids only grow, over a reconnect too', async () => {
    const { musakone, demo } = await start({ backOffFirstMs: 25 })
    const client = await signedIn(musakone)
    await Promise.all(Array.from({ length: 50 }, () => client.call(ASK)))
    demo.faults.drop()
    expect(await client.next()).toMatchObject({ online: false })
    expect(await client.next()).toMatchObject({ online: true })
    await Promise.all(Array.from({ length: 50 }, () => client.call(ASK)))
    const ids = demo.received.map((text) => (JSON.parse(text) as Request).id)
    expect(ids.length).toBeGreaterThan(100)
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0))).toBeTrue()
  })

  test('U6 a library call has a longer deadline of its own', async () => {
    const { musakone, demo } = await start({ callMs: 100, libraryCallMs: 400 })
    const client = await signedIn(musakone)
    demo.faults.mute(/./)
    const from = performance.now()
    const search = client.call('core.library.search', { query: { any: ['a'] } })
    const state = client.call(ASK)
    expect(await timed(state, from)).toBeLessThan(390)
    expect(await timed(search, from)).toBeGreaterThan(390)
    expect(await search).toMatchObject({ error: TIMED_OUT })
  })

  test('U6 by default a call waits for 10 s, and for the library 30 s', () => {
    expect(MOPIDY_LIMITS).toMatchObject({ callMs: 10_000, libraryCallMs: 30_000 })
  })
})

describe('A restart', () => {
  test('U7 fifty calls in flight get one error each within a second, and none is sent again', async () => {
    const { musakone, demo, atRest } = await start({ backOffFirstMs: 25 })
    const clients = [await signedIn(musakone), await signedIn(musakone)]
    const MOVE = 'core.tracklist.move'
    demo.faults.mute(MOVE)
    const calls = clients.flatMap((client, row) =>
      Array.from({ length: 25 }, (_, column) =>
        client.call(MOVE, { start: 0, end: 1, to_position: row * 25 + column }),
      ),
    )
    // The first is at Mopidy when it goes; the others wait in line for it.
    await until(() => requests(demo, MOVE).length > 0, 'the first call')

    const from = performance.now()
    const restarting = demo.restart()
    const answers = Promise.all(calls)
    expect(await timed(answers, from)).toBeLessThan(1_000)
    for (const answer of await answers)
      expect(answer).toMatchObject({ type: 'mopidy_error', method: MOVE, error: OFFLINE })
    await restarting
    demo.faults.mute(null)

    for (const client of clients) {
      expect(await client.next('mopidy_status')).toMatchObject({ online: false })
      expect(await client.next('mopidy_status')).toMatchObject({ online: true })
      expect(await client.call(ASK)).toMatchObject({ result: null })
    }
    await musakone.services.mopidy.idle()
    expect(requests(demo, MOVE).map(({ params }) => params.to_position)).toEqual([0])
    for (const client of clients) {
      // Events tell what may differ by now; nothing else comes unasked.
      expect(client.messages.filter(({ type }) => type !== 'mopidy_event')).toEqual([])
      client.close()
    }
    await atRest()
  })
})

describe('Two clients with the same ids', () => {
  test('U11 each gets its own reply, in whatever order they come', async () => {
    const { musakone, demo } = await start()
    const [first, second] = [await signedIn(musakone), await signedIn(musakone)]
    demo.faults.delay(100, ASK)
    first.send({ type: 'mopidy', id: 1, method: ASK })
    second.send({ type: 'mopidy', id: 1, method: ALSO })
    expect(await second.next()).toMatchObject({ id: 1, method: ALSO })
    expect(first.messages).toEqual([])
    expect(await first.next()).toMatchObject({ id: 1, method: ASK })
    expect([first.messages, second.messages]).toEqual([[], []])
  })

  test('U11 a thousand calls at once in both dialects, with the same ids for every client', async () => {
    const { musakone, atRest } = await start()
    const clients = await Promise.all(Array.from({ length: 4 }, () => signedIn(musakone)))
    const added = musakone.services.mopidy.call('core.tracklist.add', {
      uris: ['demo:album:valoisa'],
    })
    const { result } = (await added) as { result: { tlid: number }[] }
    const tlids = result.map(({ tlid }) => tlid)
    for (const client of clients) await client.event('tracklist_changed')
    const before = clients.map(({ texts }) => texts.length)
    const ids = Array.from({ length: 250 }, (_, index) => (index % 2 ? index : `call-${index}`))
    for (const id of ids)
      for (const [number, client] of clients.entries()) {
        // What a client asks for tells it from the others.
        const params = { tl_track: result[number] }
        const request = { id, method: 'core.tracklist.next_track', params }
        client.send(number < 2 ? { type: 'mopidy', ...request } : { jsonrpc: '2.0', ...request })
      }
    for (const [number, client] of clients.entries()) {
      await until(() => client.texts.length >= (before[number] ?? 0) + ids.length, 'all answers')
      const answers = client.texts.slice(before[number]).map((text) => JSON.parse(text))
      expect(answers.map(({ id }) => id)).toEqual(ids)
      expect(answers.map((answer) => answer.result.tlid)).toEqual(ids.map(() => tlids[number + 1]))
      expect(answers.every((answer) => 'jsonrpc' in answer === number >= 2)).toBeTrue()
      client.close()
    }
    await atRest()
  })

  test('U11 the same id twice from one client is answered twice', async () => {
    const { musakone } = await start()
    const client = await signedIn(musakone)
    client.send({ type: 'mopidy', id: 1, method: ASK })
    client.send({ type: 'mopidy', id: 1, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ id: 1, method: ASK })
    expect(await client.next()).toMatchObject({ id: 1, method: 'core.get_version' })
  })
})
