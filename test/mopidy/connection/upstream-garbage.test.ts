import { afterAll, afterEach, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { systemClock } from '../../../src/clock'
import { type DemoMopidy, startDemoMopidy } from '../../../src/demo/mopidy'
import { createMopidy, MOPIDY_LIMITS } from '../../../src/mopidy/mopidy'
import { remember } from '../../support/aftermath'
import type { OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { ASK, createStage, signedIn, TIMED_OUT } from '../stage'
import { recordingLog } from './recording-log'

const GARBAGE: [string, string | Uint8Array][] = [
  ['nothing', ''],
  ['no JSON', '{"nope'],
  ['a number', '5'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['a list', '[{"jsonrpc": "2.0", "id": 1, "result": 1}]'],
  ['a list of any depth', '['.repeat(100_000)],
  ['a megabyte of one letter', 'x'.repeat(1_000_000)],
  ['bytes', Uint8Array.of(0, 1, 2, 255)],
  ['a reply as bytes', new TextEncoder().encode('{"jsonrpc": "2.0", "id": 1, "result": 1}')],
  ['an id that nobody asked with', '{"jsonrpc": "2.0", "id": 987654321, "result": 1}'],
  ['an id long answered', '{"jsonrpc": "2.0", "id": 1, "result": "9.9"}'],
  ['an id of 0', '{"jsonrpc": "2.0", "id": 0, "result": 1}'],
  ['an id of -1.5', '{"jsonrpc": "2.0", "id": -1.5, "result": 1}'],
  ['an id of null', '{"jsonrpc": "2.0", "id": null, "error": {"code": -32700, "message": "x"}}'],
  ['an id that is a text', '{"jsonrpc": "2.0", "id": "1", "result": 1}'],
  ['an id without a result', '{"jsonrpc": "2.0", "id": 1}'],
  ['an unknown event', '{"event": "audio_data_received", "data": []}'],
  ['an event that is a part of every object', '{"event": "constructor"}'],
  ['an event whose name is no text', '{"event": {"volume_changed": 1}}'],
  ['an event of our own', '{"event": "mopidy_disconnected"}'],
]

// Events that Mopidy has, with what it never puts into them.
const ODD_EVENTS = [
  '{"event": "track_playback_started"}',
  '{"event": "track_playback_started", "tl_track": 5}',
  '{"event": "track_playback_started", "tl_track": {"tlid": "x", "track": []}}',
  '{"event": "track_playback_paused", "tl_track": null, "time_position": {}}',
  '{"event": "track_playback_ended", "tl_track": {"tlid": 1, "track": null}}',
  '{"event": "playback_state_changed", "old_state": 1, "new_state": {"x": []}}',
  '{"event": "volume_changed", "volume": "loud", "__proto__": {"volume": 1}}',
  '{"event": "mute_changed"}',
  '{"event": "seeked", "time_position": 1e308}',
  '{"event": "tracklist_changed", "event_data": [[[]]]}',
]

describe('Garbage from Mopidy', () => {
  let musakone: TestMusakone
  let demo: DemoMopidy
  let client: OwnSocket
  let atRest: () => Promise<void>
  beforeAll(async () => {
    musakone = await startTestMusakone({
      demo: { faulty: true },
      limits: { mopidy: { callMs: 300, backOffFirstMs: 25 } },
    })
    if (musakone.demo === undefined) throw new Error('no demo')
    demo = musakone.demo
    await musakone.online()
    await musakone.services.mopidy.idle()
    atRest = await remember(musakone)
    client = await signedIn(musakone)
  })
  afterEach(async () => {
    // Whatever came, calls are answered and health is.
    expect(await client.call(ASK)).toMatchObject({ result: null })
    expect((await musakone.request('/health')).status).toBe(200)
  })
  afterAll(async () => {
    client.close()
    await atRest()
    await musakone.stop()
  })

  const greetings = () => demo.received.filter((text) => text.includes('core.get_version')).length

  test.each(GARBAGE)('U5 is passed over, on the same connection: %s', async (_, payload) => {
    const before = greetings()
    demo.faults.garbage(payload)
    // The answer comes behind the garbage on the same socket.
    expect(await client.call(ASK)).toMatchObject({ result: null })
    expect(client.messages).toEqual([])
    expect(greetings()).toBe(before)
  })

  test.each(ODD_EVENTS)('U5 an event with something odd in it does no harm: %s', async (text) => {
    demo.faults.garbage(text)
    expect(await client.next('mopidy_event')).toMatchObject({ event: JSON.parse(text).event })
    const response = await musakone.request('/api/playback/state', {
      token: await musakone.logIn(),
    })
    expect(response.status).toBe(200)
    await musakone.services.mopidy.idle()
    // As it was, for the next.
    demo.emit({ event: 'playback_state_changed', old_state: 'playing', new_state: 'stopped' })
    await client.event('playback_state_changed')
  })

  test('U5 text that is not UTF-8 makes it dial again', async () => {
    const before = greetings()
    demo.faults.invalidUtf8()
    expect(await client.next()).toEqual({ type: 'mopidy_status', online: false })
    expect(await client.next()).toEqual({ type: 'mopidy_status', online: true })
    expect(greetings()).toBe(before + 1)
  })

  test('U5 answers under wrong ids reach nobody', async () => {
    await musakone.services.mopidy.idle()
    demo.faults.wrongId(true)
    const calls = [client.call(ASK), client.call('core.tracklist.get_eot_tlid')]
    for (const answer of await Promise.all(calls))
      expect(answer).toMatchObject({ type: 'mopidy_error', error: TIMED_OUT })
    demo.faults.wrongId(false)
  })
})

describe('The log', () => {
  const stage = createStage()
  afterEach(stage.clear)

  test.each(GARBAGE)('U5 speaks of garbage once a minute: %s', async (_, payload) => {
    const demo = stage.keep(await startDemoMopidy())
    const { log, lines } = recordingLog()
    // No heartbeat falls into the minutes that pass below.
    const limits = { ...MOPIDY_LIMITS, heartbeatMs: 600_000 }
    const mopidy = createMopidy({ url: demo.url, clock: systemClock, log, limits })
    stage.keep({ stop: mopidy.close })
    await until(() => mopidy.status().online, 'Mopidy to be online')
    const complaints = () => lines.filter(({ msg }) => msg.includes('ignored')).length
    const flood = async () => {
      for (let count = 0; count < 20; count += 1) demo.faults.garbage(payload)
      await mopidy.call(ASK)
    }
    const start = performance.now()
    const time = spyOn(performance, 'now')
    try {
      time.mockReturnValue(start)
      await flood()
      time.mockReturnValue(start + 59_000)
      await flood()
      expect(complaints()).toBe(1)
      time.mockReturnValue(start + 60_001)
      await flood()
      await flood()
      expect(complaints()).toBe(2)
    } finally {
      time.mockRestore()
    }
    // Nothing of the garbage itself is written down.
    expect(lines.every(({ msg }) => msg.length < 200)).toBeTrue()
  })
})
