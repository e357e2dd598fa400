import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isRecord, parseJson } from '../../src/json'
import { fromMopidy, toMopidy } from '../../src/mopidy/jsonrpc'

test('a request goes out with its id, its method and named parameters', () => {
  const text = toMopidy(7, 'core.mixer.set_volume', { volume: 40 })
  expect(JSON.parse(text)).toEqual({
    jsonrpc: '2.0',
    id: 7,
    method: 'core.mixer.set_volume',
    params: { volume: 40 },
  })
})

describe('What Mopidy sends', () => {
  test('an event is read with its data and its text', () => {
    const text = '{"event": "volume_changed", "volume": 40}'
    expect(fromMopidy(text)).toEqual({
      kind: 'event',
      name: 'volume_changed',
      data: { volume: 40 },
      text,
    })
  })

  test.each(['1.50', '"\\u00e5"', '123456789012345678901234567890', '[]', 'null', '{"a": {}}'])(
    'a result keeps the text that Mopidy gave it: %s',
    (resultText) => {
      const message = fromMopidy(`{"jsonrpc": "2.0", "id": 3, "result": ${resultText}}`)
      expect(message).toEqual({
        kind: 'reply',
        id: 3,
        answer: { result: JSON.parse(resultText), resultText },
      })
    },
  )

  test('a result is read in whatever order and spacing it comes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue(), fc.constantFrom(0, 1), (id, result, spaces) => {
        const text = JSON.stringify({ result, id, jsonrpc: '2.0' }, null, spaces)
        const message = fromMopidy(text)
        if (message?.kind !== 'reply' || 'error' in message.answer) throw new Error(text)
        expect(message.id).toBe(id)
        expect(JSON.parse(message.answer.resultText)).toEqual(JSON.parse(JSON.stringify(result)))
      }),
    )
  })

  test('an application error loses its traceback and keeps what it says', () => {
    const data = {
      type: 'ValidationError',
      message: 'Expected a boolean',
      traceback: 'File "/usr/lib/python3/dist-packages/mopidy/core/mixer.py"',
      _traceback: '/home/pi',
    }
    const error = { code: 0, message: 'Application error', data }
    const message = fromMopidy(JSON.stringify({ jsonrpc: '2.0', id: 1, error }))
    expect(message).toEqual({
      kind: 'reply',
      id: 1,
      answer: {
        error: {
          code: 0,
          message: 'Application error',
          data: { type: 'ValidationError', message: 'Expected a boolean' },
        },
      },
    })
  })

  test.each([
    ['null', '{"id": 1, "error": null}'],
    ['a text', '{"id": 1, "error": "/usr/lib"}'],
    ['a code that is no number', '{"id": 1, "error": {"code": "x", "message": "/usr/lib"}}'],
  ])('an error that is none becomes a plain one: %s', (_, text) => {
    expect(fromMopidy(text)).toEqual({
      kind: 'reply',
      id: 1,
      answer: { error: { code: 0, message: 'Application error' } },
    })
  })

  test.each([
    '',
    'null',
    '5',
    '"text"',
    '[]',
    '[{"event": "seeked"}]',
    '{}',
    '{"event": 5}',
    '{"id": 1}',
    '{"id": "1", "result": 1}',
    '{"id": null, "error": {"code": -32700, "message": "Parse error"}}',
    '{"result": 1}',
    '{"id": 1, "result": 1',
    '\ufeff',
  ])('what is neither an event nor a reply is nothing: %s', (text) => {
    expect(fromMopidy(text)).toBeUndefined()
  })

  test('a name that is a part of every object is data like any other', () => {
    const message = fromMopidy('{"event": "seeked", "__proto__": {"online": true}}')
    expect(message).toMatchObject({ kind: 'event', name: 'seeked' })
    expect(({} as Record<string, unknown>).online).toBeUndefined()
  })

  test('no text makes reading throw', () => {
    const nested = fc.nat(200_000).map((depth) => '['.repeat(depth))
    const json = fc.oneof(
      fc.json(),
      fc.json().map((text) => `{"id": 1, "error": ${text}}`),
    )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), json, nested), (text) => {
        expect([undefined, 'event', 'reply']).toContain(fromMopidy(text)?.kind)
      }),
    )
  })
})

test('what is no JSON is undefined', () => {
  expect(parseJson('{')).toBeUndefined()
  expect(parseJson('NaN')).toBeUndefined()
  expect(parseJson(' {"a":1} ')).toEqual({ a: 1 })
})

test('a record is an object, not a list and not null', () => {
  expect([{}, [], null, 5, 'x', undefined].map(isRecord)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})
