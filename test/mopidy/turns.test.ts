import { describe, expect, test } from 'bun:test'
import { type Call, rebuildCall } from '../../src/mopidy/call'
import { type Answer, type RpcError, resultAnswer } from '../../src/mopidy/jsonrpc'
import { createTurns, NO_TURN, type TurnsOptions } from '../../src/mopidy/turns'
import { until } from '../support/test-musakone'
import { manyUris } from './large-add'

const SOMEBODY = { name: 'somebody' }
const ANOTHER = { name: 'another' }
const THIRD = { name: 'third' }
const FORBIDDEN = { code: -32002, message: 'The session has ended.' }
const BUSY = { code: -32003, message: 'Too many requests' }
const CHANGED = {
  name: 'tracklist_changed',
  data: {},
  text: '{"event": "tracklist_changed"}',
} as const

/** The writes to the tracklist, with a Mopidy that answers when the test says so. */
function start(options: Partial<TurnsOptions> = {}) {
  const sent: { call: Call; answer: (answer: Answer) => void }[] = []
  const answers: [string, Answer][] = []
  let announced = 0
  let lastTlid = 0
  const forbidden = new Set<object>()
  const asked: Call[] = []
  function refused(asker: object, step: Call): RpcError | undefined {
    asked.push(step)
    return forbidden.has(asker) ? FORBIDDEN : undefined
  }
  const turns = createTurns({
    ask: (call, answer) => void sent.push({ call, answer }),
    chunk: 2,
    ...options,
    announce() {
      announced += 1
    },
  })

  return {
    turns,
    answers,
    /** The steps before which it was asked whether they are still allowed. */
    asked,
    announced: () => announced,
    /** What has been sent and not been answered. */
    open: () => sent.map(({ call }) => [call.name.slice('core.tracklist.'.length), call.params]),

    call(name: string, method: string, params: object, asker = SOMEBODY, more = {}): void {
      const call = rebuildCall(`core.tracklist.${method}`, params)
      if ('error' in call) throw new Error(call.error.message)
      const onAnswer = (answer: Answer) => void answers.push([name, answer])
      turns.take({
        asker,
        call,
        refusal: (step) => refused(asker, step),
        begin: () => onAnswer,
        onRefused: (error) => onAnswer({ error }),
        ...more,
      })
    },

    /** From now on nothing of the asker is allowed any more. */
    forbid: (asker: object) => void forbidden.add(asker),

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

describe('A write after a large add', () => {
  test('that waits too long is answered so and never sent', async () => {
    const { call, answer, answers, open } = start({ longestWaitMs: 20 })
    call('add', 'add', { uris })
    call('late', 'clear', {}, ANOTHER)
    while (answers.length === 0) await Bun.sleep(1)
    expect(answers).toEqual([['late', { error: NO_TURN }]])
    for (const count of [2, 2, 1]) answer(count)
    expect(answers.map(([name]) => name)).toEqual(['late', 'add'])
    expect(open()).toEqual([])

    call('next', 'shuffle', {}, ANOTHER)
    expect(open()).toEqual([['shuffle', {}]])
  })

  test('is sent in its turn, and its deadline is over then', async () => {
    const { call, answer, answers, open } = start({ longestWaitMs: 30 })
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

  test('that is a large add itself makes those after it wait on', () => {
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
    const { turns, call, answer } = start()
    expect(turns.holds(SOMEBODY)).toBeFalse()
    call('add', 'add', { uris })
    expect([turns.holds(SOMEBODY), turns.holds(ANOTHER)]).toEqual([true, false])
    call('other', 'clear', {}, ANOTHER)
    expect(turns.holds(ANOTHER)).toBeTrue()
    for (const count of [2, 2, 1]) answer(count)
    expect([turns.holds(SOMEBODY), turns.holds(ANOTHER)]).toEqual([false, false])
  })
})

describe('The answer to a call whose turn did not come', () => {
  test('does not blame Mopidy, which was never asked', () => {
    expect(NO_TURN).toEqual({
      code: -32003,
      message: 'The queue was busy with an earlier call for too long, so this one was not made',
    })
  })
})

describe('Whether a call is still allowed', () => {
  test('is not asked again of one that need not wait', () => {
    const { call, answer, asked } = start()
    call('clear', 'clear', {})
    call('add', 'add', { uris: uris.slice(0, 2) })
    answer(0)
    answer(2)
    expect(asked).toEqual([])
  })

  test('is asked before each chunk but the first, with that chunk', () => {
    const { call, answer, asked } = start()
    call('add', 'add', { uris })
    for (const count of [2, 2, 1]) answer(count)
    expect(asked.map(({ params }) => params)).toEqual([
      { uris: uris.slice(2, 4) },
      { uris: uris.slice(4) },
    ])
  })

  test('is asked of what has waited when its turn comes; else it is never sent', () => {
    const { call, answer, answers, open, forbid } = start()
    call('add', 'add', { uris })
    call('clear', 'clear', {}, ANOTHER)
    call('read', 'get_length', {}, ANOTHER)
    call('later', 'shuffle', {}, THIRD)
    forbid(ANOTHER)
    for (const count of [2, 2, 1]) answer(count)
    expect(open()).toEqual([['shuffle', {}]])
    expect(answers.slice(1)).toEqual([
      ['clear', { error: FORBIDDEN }],
      ['read', { error: FORBIDDEN }],
    ])
  })

  test('is asked of what has been prepared', async () => {
    const { call, answers, open, forbid } = start()
    const { promise, resolve } = Promise.withResolvers<Call>()
    const add = rebuildCall('core.tracklist.add', { uris: uris.slice(0, 1) }) as Call
    call('add', 'add', { uris }, SOMEBODY, { prepare: () => promise })
    forbid(SOMEBODY)
    resolve(add)
    await until(() => answers.length > 0, 'an answer')
    expect(answers).toEqual([['add', { error: FORBIDDEN }]])
    expect(open()).toEqual([])
  })

  test('ends a large add where it is: what was added is told, and the next call goes on', () => {
    const { turns, call, answer, answers, open, forbid, announced } = start()
    const done: Answer[] = []
    const begin = () => (answer: Answer, was?: Answer) => void done.push(answer, was ?? answer)
    call('add', 'add', { uris }, SOMEBODY, { begin })
    call('next', 'shuffle', {}, ANOTHER)
    answer(2)
    forbid(SOMEBODY)
    answer(2)
    expect(done[0]).toEqual({ error: FORBIDDEN })
    expect(done[1]).toMatchObject({ result: [1, 2, 3, 4].map((tlid) => ({ tlid })) })
    expect(open()).toEqual([['shuffle', {}]])
    // The event of the last chunk that was sent is still to come, and tells of all.
    expect([turns.passes(CHANGED), turns.passes(CHANGED)]).toEqual([false, true])
    expect([announced(), answers]).toEqual([0, []])
  })

  test('ends a large add whose events have all gone by, and one is made', () => {
    const { turns, call, answer, forbid, announced } = start()
    call('add', 'add', { uris, at_position: 0 })
    answer(2)
    expect(turns.passes(CHANGED)).toBeFalse()
    forbid(SOMEBODY)
    answer(resultAnswer(1))
    expect(announced()).toBe(1)
    expect(turns.passes(CHANGED)).toBeTrue()
  })
})

describe('The calls of one asker', () => {
  test('wait for one that is being prepared, and those of others do not', async () => {
    const { call, open } = start()
    const { promise, resolve } = Promise.withResolvers<Call>()
    const add = rebuildCall('core.tracklist.add', { uris: uris.slice(0, 1) }) as Call
    call('add', 'add', { uris }, SOMEBODY, { prepare: () => promise })
    call('read', 'get_length', {})
    call('clear', 'clear', {}, ANOTHER)
    expect(open()).toEqual([['clear', {}]])
    resolve(add)
    await until(() => open().length > 1, 'the add')
    expect(open()).toEqual([
      ['clear', {}],
      ['add', { uris: uris.slice(0, 1) }],
      ['get_length', {}],
    ])
  })

  test('go on after one that could not be prepared, or had no turn', async () => {
    const { call, answers, open } = start({ longestWaitMs: 20 })
    call('add', 'add', { uris }, ANOTHER, { prepare: async () => ({ error: FORBIDDEN }) })
    call('read', 'get_length', {}, ANOTHER)
    await until(() => open().length > 0, 'the read')
    expect([answers, open()]).toEqual([[['add', { error: FORBIDDEN }]], [['get_length', {}]]])

    call('large', 'add', { uris })
    call('clear', 'clear', {}, ANOTHER)
    await Bun.sleep(10)
    call('length', 'get_length', {}, ANOTHER)
    await until(() => open().length > 2, 'the second read')
    expect(open().map(([name]) => name)).toEqual(['get_length', 'add', 'get_length'])
    expect(answers.slice(1)).toEqual([['clear', { error: NO_TURN }]])
  })

  test('take turns with those of others once a large add is done', () => {
    const { call, answer, open } = start()
    call('add', 'add', { uris })
    for (const first of [1, 2]) call('one', 'shuffle', { start: first }, ANOTHER)
    call('two', 'clear', {}, THIRD)
    for (const count of [2, 2, 1]) answer(count)
    expect(open()).toEqual([
      ['shuffle', { start: 1 }],
      ['clear', {}],
      ['shuffle', { start: 2 }],
    ])
  })

  test('that wait for one of their own have a bound', () => {
    const { call, answers } = start({ mostOfOne: 2 })
    call('add', 'add', { uris }, SOMEBODY, { prepare: () => new Promise(() => {}) })
    for (const name of ['one', 'two']) call(name, 'get_length', {})
    call('other', 'get_length', {}, ANOTHER)
    expect(answers).toEqual([['two', { error: BUSY }]])
  })
})

describe('Of the events of a large add', () => {
  test('only the last passes', () => {
    const { turns, call, answer } = start()
    const passed: boolean[] = []
    call('add', 'add', { uris })
    for (const count of [2, 2, 1]) {
      answer(count)
      passed.push(turns.passes(CHANGED))
    }
    expect(passed).toEqual([false, false, true])
    expect(turns.passes(CHANGED)).toBeTrue()
  })

  test('that of the chunk before passes where the last one adds nothing', () => {
    const { turns, call, answer, announced } = start()
    call('add', 'add', { uris })
    answer(2)
    answer(2)
    answer(0)
    // Both are still on their way.
    expect([turns.passes(CHANGED), turns.passes(CHANGED)]).toEqual([false, true])
    expect(announced()).toBe(0)
  })

  test('where all have gone by and the last chunk adds nothing, one is made', () => {
    const { turns, call, answer, announced } = start()
    call('add', 'add', { uris })
    for (const count of [2, 2]) {
      answer(count)
      expect(turns.passes(CHANGED)).toBeFalse()
    }
    answer(0)
    expect(announced()).toBe(1)
    expect(turns.passes(CHANGED)).toBeTrue()
  })

  test('other events pass, and with Mopidy gone none is awaited any more', () => {
    const { turns, call, answer } = start()
    call('add', 'add', { uris })
    answer(2)
    expect(turns.passes({ ...CHANGED, name: 'options_changed' })).toBeTrue()
    turns.forgetEvents()
    expect(turns.passes(CHANGED)).toBeTrue()
  })
})

describe('The place of a chunk', () => {
  test('is after the last track that was added, wherever that is by then', () => {
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
