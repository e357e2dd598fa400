import { describe, expect, test } from 'bun:test'
import { createFairQueue } from '../../../src/accounts/passwords/fair-queue'

/** A queue whose works end when told; `begun` is the order in which they began. */
function openQueue(mostWaiting = 8) {
  const queue = createFairQueue({ mostAtOnce: 2, mostWaiting })
  const begun: string[] = []
  const refused: string[] = []
  const ends: (() => void)[] = []
  const send = (place: string) =>
    queue
      .run(place, () => {
        begun.push(place)
        return new Promise<void>((resolve) => ends.push(resolve))
      })
      .catch(() => void refused.push(place))
  async function finishAll(): Promise<void> {
    while (ends.length > 0) {
      expect(queue.load().running).toBeLessThanOrEqual(2)
      ends.shift()?.()
      await Bun.sleep(0)
    }
    expect(queue.load()).toEqual({ running: 0, waiting: 0 })
  }
  return { queue, begun, refused, send, finishAll }
}

describe('A4 the queue before the hashing', () => {
  test('A4 two run at a time, and all that wait get their turn', async () => {
    const { begun, refused, send, finishAll } = openQueue(100)
    for (let time = 0; time < 100; time += 1) void send('here')
    await finishAll()
    expect([begun.length, refused.length]).toEqual([100, 0])
  })

  test('A4 who sends one does not wait behind who sends many', async () => {
    const { begun, send, finishAll } = openQueue()
    for (const place of [...Array(8).fill('many'), 'one', 'two']) void send(place)
    await finishAll()
    expect(begun.join(' ')).toBe('many many many one two many many many many many')
  })

  test('A4 where it is full, who has most waiting loses the last', async () => {
    const { begun, refused, send, finishAll } = openQueue()
    for (let time = 0; time < 15; time += 1) void send('many')
    await Bun.sleep(0)
    expect(refused).toHaveLength(5)
    for (const place of ['one', 'two', 'three']) void send(place)
    await finishAll()
    expect(refused).toEqual(Array(8).fill('many'))
    expect(begun.filter((place) => place !== 'many')).toEqual(['one', 'two', 'three'])
  })

  test('A4 a work that fails gives its turn to the next', async () => {
    const { queue, begun, send, finishAll } = openQueue()
    for (let time = 0; time < 4; time += 1)
      void queue.run('here', () => Promise.reject(new Error('no'))).catch(() => {})
    void send('here')
    await Bun.sleep(0)
    expect(begun).toEqual(['here'])
    await finishAll()
  })
})
