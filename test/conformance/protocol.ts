import { describe, expect, test } from 'bun:test'
import { describedMethods, parametersOf } from './described-methods'
import type { ConformanceOptions, Room } from './room'

export function protocolConformance(room: Room, { throughMusakone }: ConformanceOptions): void {
  const answerTo = (request: unknown) => {
    room.client.send(typeof request === 'string' ? request : JSON.stringify(request))
    return room.client.nextFrame()
  }
  const request = (id: unknown, method: string, params?: unknown) => ({
    jsonrpc: '2.0',
    id,
    method: `core.${method}`,
    ...(params === undefined ? {} : { params }),
  })
  const refusal = (id: unknown, code: number) =>
    expect.objectContaining({ jsonrpc: '2.0', id, error: expect.objectContaining({ code }) })

  describe('core.describe', () => {
    test('lists exactly the 62 methods and their parameters', async () => {
      const described = await room.call<Parameters<typeof parametersOf>[0]>('describe')
      expect(Object.keys(describedMethods)).toHaveLength(62)
      expect(parametersOf(described)).toEqual(describedMethods)
    })

    test('describes each method in words', async () => {
      const described = await room.call<Record<string, { description: unknown }>>('describe')
      for (const { description } of Object.values(described)) expect(description).toBeString()
    })
  })

  describe('requests', () => {
    for (const id of ['text', 'ä', '', 0, 7, -3, 1.5, null]) {
      test(`come back with the id ${JSON.stringify(id)}`, async () => {
        const result = expect.stringMatching(/^\d+\.\d+/)
        expect(await answerTo(request(id, 'get_version'))).toEqual({ jsonrpc: '2.0', id, result })
      })
    }

    test('with the same id in flight are each answered, in their order', async () => {
      room.client.send(JSON.stringify(request(1, 'get_version')))
      room.client.send(JSON.stringify(request(1, 'playback.get_state')))
      expect(await room.client.nextFrame()).toMatchObject({ result: expect.stringMatching(/^\d/) })
      expect(await room.client.nextFrame()).toMatchObject({ id: 1, result: 'stopped' })
    })

    test('take parameters by position and by name', async () => {
      expect(await room.call('mixer.set_volume', [31])).toBe(true)
      expect(await room.call('mixer.get_volume', [])).toBe(31)
      expect(await room.call('mixer.set_volume', { volume: 32 })).toBe(true)
      expect(await room.call('mixer.get_volume', {})).toBe(32)
    })

    test('are answered to the asker only', async () => {
      const onlooker = await room.connect()
      await room.call('mixer.set_volume', { volume: 33 })
      await onlooker.nextEvent('volume_changed')
      onlooker.send(JSON.stringify(request('own', 'playback.get_state')))
      expect(await onlooker.nextFrame()).toMatchObject({ id: 'own' })
      await onlooker.close()
    })
  })

  describe('errors', () => {
    test('a frame that is not JSON is a parse error', async () => {
      expect(await answerTo('{"jsonrpc":')).toEqual(refusal(null, -32700))
    })

    const notRequests: [string, unknown][] = [
      ['a number', 1],
      ['a string', 'core.get_version'],
      ['null', null],
      ['no version', { id: 1, method: 'core.get_version' }],
      ['another version', { jsonrpc: '1.0', id: 1, method: 'core.get_version' }],
      ['no method', { jsonrpc: '2.0', id: 1 }],
      ['a method that is a number', { jsonrpc: '2.0', id: 1, method: 5 }],
      ['parameters that are a string', request(1, 'get_version', 'x')],
      ['parameters that are null', request(1, 'get_version', null)],
    ]
    for (const [what, frame] of notRequests) {
      test(`${what} is an invalid request, and its id is null`, async () => {
        expect(await answerTo(JSON.stringify(frame))).toEqual(refusal(null, -32600))
      })
    }

    const unknown = ['nothing', 'playback.nothing', 'playback._get_backend', 'nobody.play', 'mixer']
    for (const method of unknown) {
      test(`core.${method} is not found`, async () => {
        expect(await answerTo(request('a', method))).toEqual(refusal('a', -32601))
      })
    }

    const wrong: [string, string, unknown, string][] = [
      ['one missing', 'tracklist.set_consume', {}, 'value'],
      ['one missing by position', 'tracklist.move', [0, 1], 'to_position'],
      ['one unknown', 'playback.play', { bogus: 1 }, 'bogus'],
      ['one too many', 'playback.pause', [1], ''],
    ]
    for (const [what, method, params, parameter] of wrong) {
      test(`parameters with ${what} are invalid`, async () => {
        const answer = await answerTo(request('a', method, params))
        expect(answer).toEqual(refusal('a', -32602))
        expect(JSON.stringify(answer)).toContain(parameter)
      })
    }

    test('an error of the application has code 0 and says why', async () => {
      const error = await room.failureOf('tracklist.move', { start: 0, end: 5, to_position: 0 })
      expect(error).toMatchObject({ code: 0, message: 'Application error' })
      expect(error.data).toMatchObject({
        type: 'AssertionError',
        message: 'end can not be larger than tracklist length',
      })
      const traceback = JSON.stringify(error.data).includes('Traceback (most recent call last)')
      expect(traceback).toBe(!throughMusakone)
    })

    test('playback.set_state announces a state without a sound, and the gateway denies it', async () => {
      if (throughMusakone) {
        const error = await room.failureOf('playback.set_state', { new_state: 'paused' })
        expect(error.code).toBe(-32002)
        expect(await room.call('playback.get_state')).toBe('stopped')
      } else {
        await room.call('playback.set_state', { new_state: 'paused' })
        expect(await room.call('playback.get_state')).toBe('paused')
        expect((await room.failureOf('playback.set_state', { new_state: 'x' })).code).toBe(0)
        await room.call('playback.set_state', { new_state: 'stopped' })
      }
    })
  })

  describe('batches', () => {
    test('are answered as one list, in their order, without their notifications', async () => {
      const { id: _, ...notification } = request(0, 'mixer.set_volume', [34])
      const batch = [
        request('a', 'playback.get_state'),
        notification,
        request(2, 'mixer.get_volume'),
        17,
        request('c', 'nothing'),
      ]
      expect(await answerTo(batch)).toEqual([
        { jsonrpc: '2.0', id: 'a', result: 'stopped' },
        { jsonrpc: '2.0', id: 2, result: 34 },
        refusal(null, -32600),
        refusal('c', -32601),
      ])
    })

    test('of nothing are an invalid request', async () => {
      expect(await answerTo([])).toEqual(refusal(null, -32600))
    })

    test('of one are still a list', async () => {
      const answer = await answerTo([request(1, 'playback.get_state')])
      expect(answer).toEqual([{ jsonrpc: '2.0', id: 1, result: 'stopped' }])
    })
  })

  describe('notifications', () => {
    const notification = (method: string, params?: unknown[]) => {
      const { id: _, ...rest } = request(0, method, params)
      return rest
    }

    test('are carried out and get no reply', async () => {
      room.client.send(JSON.stringify(notification('mixer.set_volume', [35])))
      expect(await answerTo(request('after', 'mixer.get_volume'))).toEqual({
        jsonrpc: '2.0',
        id: 'after',
        result: 35,
      })
    })

    test('get no reply when they fail, alone or as a batch', async () => {
      room.client.send(JSON.stringify(notification('nothing')))
      room.client.send(JSON.stringify(notification('tracklist.move', [0, 5, 0])))
      room.client.send(JSON.stringify([notification('nothing'), notification('get_version')]))
      expect(await answerTo(request('after', 'get_version'))).toMatchObject({ id: 'after' })
    })
  })
}
