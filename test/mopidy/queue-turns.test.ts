import { describe, expect, test } from 'bun:test'
import { type Call, rebuildCall } from '../../src/mopidy/call'
import { type Answer, resultAnswer } from '../../src/mopidy/jsonrpc'
import { createQueueWrites, type QueueWritesOptions } from '../../src/mopidy/queue-writes'
import { manyUris } from './large-add'
import { TIMED_OUT } from './stage'

const SOMEBODY = { name: 'somebody' }
const ANOTHER = { name: 'another' }
const BUSY = { code: -32003, message: 'Too many requests' }
const CHANGED = {
  name: 'tracklist_changed',
  data: {},
  text: '{"event": "tracklist_changed"}',
} as const

/** The writes to the tracklist, with a Mopidy that answers when the test says so. */
function start(options: Partial<QueueWritesOptions> = {}) {
  const sent: { call: Call; answer: (answer: Answer) => void }[] = []
  const answers: [string, Answer][] = []
  let announced = 0
  let lastTlid = 0
  const writes = createQueueWrites({
    chunk: 2,
    ...options,
    announce() {
      announced += 1
    },
  })
  const send = (call: Call, answer: (answer: Answer) => void) => void sent.push({ call, answer })

  return {
    writes,
    answers,
    announced: () => announced,
    /** What has been sent and not been answered. */
    open: () => sent.map(({ call }) => [call.name.slice('core.tracklist.'.length), call.params]),

    call(name: string, method: string, params: Record<string, unknown>, asker = SOMEBODY): void {
      const call = rebuildCall(`core.tracklist.${method}`, params)
      if ('error' in call) throw new Error(call.error.message)
      const onAnswer = (answer: Answer) => void answers.push([name, answer])
      writes.inTurn(asker, () => writes.send(asker, call, send, onAnswer), onAnswer)
    },

    /** Answers the oldest call: with so many new tracks, or with that. */
    answer(answer: number | Answer): void {
      const count = typeof answer === 'number' ? answer : 0
      const tracks = Array.from({ length: count }, () => {
        lastTlid += 1
        return { __model__: 'TlTrack', tlid: lastTlid, track: { uri: 'demo:x' } }
      })
      sent.shift()?.answer(typeof answer === 'number' ? resultAnswer(tracks) : answer)
    },
  }
}

const uris = manyUris(5)

describe('A write behind a large add', () => {
  test('that waits too long is answered so and never sent', async () => {
    const { call, answer, answers, open } = start({ deadlineMs: 20 })
    call('add', 'add', { uris })
    call('late', 'clear', {}, ANOTHER)
    while (answers.length === 0) await Bun.sleep(1)
    expect(answers).toEqual([['late', { error: TIMED_OUT }]])
    for (const count of [2, 2, 1]) answer(count)
    expect(answers.map(([name]) => name)).toEqual(['late', 'add'])
    expect(open()).toEqual([])

    call('next', 'shuffle', {}, ANOTHER)
    expect(open()).toEqual([['shuffle', {}]])
  })

  test('is sent in its turn, and its deadline is over then', async () => {
    const { call, answer, answers, open } = start({ deadlineMs: 30 })
    call('add', 'add', { uris })
    call('one', 'clear', {}, ANOTHER)
    call('two', 'shuffle', {}, ANOTHER)
    for (const count of [2, 2, 1]) answer(count)
    expect(open()).toEqual([
      ['clear', {}],
      ['shuffle', {}],
    ])
    await Bun.sleep(60)
    expect(answers.map(([name]) => name)).toEqual(['add'])
  })

  test('that is a large add itself makes those behind it wait on', () => {
    const { call, answer, open } = start()
    call('first', 'add', { uris })
    call('second', 'add', { uris: uris.slice(0, 3) }, ANOTHER)
    call('third', 'clear', {})
    for (const count of [2, 2, 1]) answer(count)
    expect(open()).toEqual([['add', { uris: uris.slice(0, 2) }]])
    answer(2)
    expect(open()).toEqual([['add', { uris: uris.slice(2, 3) }]])
    answer(1)
    expect(open()).toEqual([['clear', {}]])
  })

  test('beyond the most that may wait is refused at once', () => {
    const { call, answers } = start({ mostWaiting: 2 })
    call('add', 'add', { uris })
    for (const name of ['one', 'two', 'three']) call(name, 'clear', {}, ANOTHER)
    expect(answers).toEqual([['three', { error: BUSY }]])
  })

  test('makes reads of its own asker wait, and of nobody else', () => {
    const { writes, call, answer } = start()
    expect(writes.writes(SOMEBODY)).toBeFalse()
    call('add', 'add', { uris })
    expect([writes.writes(SOMEBODY), writes.writes(ANOTHER)]).toEqual([true, false])
    call('other', 'clear', {}, ANOTHER)
    expect(writes.writes(ANOTHER)).toBeTrue()
    for (const count of [2, 2, 1]) answer(count)
    expect([writes.writes(SOMEBODY), writes.writes(ANOTHER)]).toEqual([false, false])
  })
})

describe('Of the events of a large add', () => {
  test('only the last passes', () => {
    const { writes, call, answer } = start()
    const passed: boolean[] = []
    call('add', 'add', { uris })
    for (const count of [2, 2, 1]) {
      answer(count)
      passed.push(writes.passes(CHANGED))
    }
    expect(passed).toEqual([false, false, true])
    expect(writes.passes(CHANGED)).toBeTrue()
  })

  test('that of the chunk before passes where the last one adds nothing', () => {
    const { writes, call, answer, announced } = start()
    call('add', 'add', { uris })
    answer(2)
    answer(2)
    answer(0)
    // Both are still on their way.
    expect([writes.passes(CHANGED), writes.passes(CHANGED)]).toEqual([false, true])
    expect(announced()).toBe(0)
  })

  test('where all have gone by and the last chunk adds nothing, one is made', () => {
    const { writes, call, answer, announced } = start()
    call('add', 'add', { uris })
    for (const count of [2, 2]) {
      answer(count)
      expect(writes.passes(CHANGED)).toBeFalse()
    }
    answer(0)
    expect(announced()).toBe(1)
    expect(writes.passes(CHANGED)).toBeTrue()
  })

  test('other events pass, and with Mopidy gone none is awaited any more', () => {
    const { writes, call, answer } = start()
    call('add', 'add', { uris })
    answer(2)
    expect(writes.passes({ ...CHANGED, name: 'options_changed' })).toBeTrue()
    writes.reset()
    expect(writes.passes(CHANGED)).toBeTrue()
  })
})

describe('The place of a chunk', () => {
  test('is behind the last track that was added, wherever that is by then', () => {
    const { call, answer, open } = start()
    call('add', 'add', { uris, at_position: 7 })
    expect(open()).toEqual([['add', { at_position: 7, uris: uris.slice(0, 2) }]])
    answer(2)
    expect(open()).toEqual([['index', { tlid: 2 }]])
    answer(resultAnswer(6))
    expect(open()).toEqual([['add', { at_position: 7, uris: uris.slice(2, 4) }]])
    answer(2)
    // It has gone itself.
    answer(resultAnswer(null))
    expect(open()).toEqual([['add', { at_position: 11, uris: uris.slice(4) }]])
  })

  test('0 is a place', () => {
    const { call, answer, open } = start()
    call('add', 'add', { uris, at_position: 0 })
    expect(open()).toEqual([['add', { at_position: 0, uris: uris.slice(0, 2) }]])
    answer(0)
    expect(open()).toEqual([['add', { at_position: 0, uris: uris.slice(2, 4) }]])
  })
})
