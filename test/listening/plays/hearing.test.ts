import { expect, test } from 'bun:test'
import { createHearing } from '../../../src/listening/plays/hearing'
import { createFakeClock } from '../../demo/fake-clock'

function hear(heard: { listenedMs?: number; positionMs?: number; running?: boolean } = {}) {
  const clock = createFakeClock()
  const hearing = createHearing({ clock, ...heard })
  const state = () => [hearing.listenedMs(), hearing.positionMs()]
  return { clock, hearing, state }
}

test('pauses and seeks are not heard', () => {
  const { clock, hearing, state } = hear()
  clock.advance(1_000)
  hearing.halt()
  clock.advance(5_000)
  hearing.run()
  clock.advance(2_000)
  hearing.moveTo(60_000)
  clock.advance(500)
  expect(state()).toEqual([3_500, 60_500])
})

test('P11 the clock on the wall does not count', () => {
  const { clock, state } = hear()
  for (const ms of [-86_400_000, 10 * 365 * 86_400_000, -clock.now()]) {
    clock.set(ms)
    clock.advance(1_000)
  }
  expect(state()).toEqual([3_000, 3_000])
})

test.each([
  ['what the track has come on meanwhile was heard', 25_000, 30_000, 15_000],
  ['but not more than the time that has passed', 60_000, 5_000, 15_000],
  ['a little back: the line was cut before it was noticed', 15_000, 5_000, 5_000],
  ['far back: somebody has sought', 1_000, 5_000, 10_000],
])('%s', (_, positionMs, awayMs, listenedMs) => {
  const { hearing, state } = hear({ listenedMs: 10_000, positionMs: 20_000, running: false })
  hearing.goOnAt(positionMs, awayMs)
  expect(state()).toEqual([listenedMs, positionMs])
})

test('begun anew meanwhile, it was heard from its beginning', () => {
  const { hearing, state } = hear({ listenedMs: 10_000, positionMs: 20_000, running: false })
  hearing.startOverAt(3_000, 8_000)
  expect(state()).toEqual([13_000, 3_000])
})
