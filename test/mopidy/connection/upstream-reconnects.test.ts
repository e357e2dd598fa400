import { afterEach, expect, test } from 'bun:test'
import { remember, residentMemory } from '../../support/aftermath'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { type Behaviour, type FickleMopidy, startFickleMopidy } from './fickle-mopidy'

const WARM_UP = 4_000
const RECONNECTS = 10_000
const MOST_GROWTH = 10 * 1024 * 1024
// They share a process and a Mopidy, so that a lost byte counts whoever loses it.
const PROGRAMS = 4

const ENDINGS: readonly Behaviour[] = [
  'reset at once',
  'end at the handshake',
  'reset after the handshake',
  'reset after the first answer',
]

let mopidy: FickleMopidy
let programs: TestMusakone[] = []

afterEach(async () => {
  await Promise.all(programs.map((program) => program.stop()))
  mopidy.stop()
})

test('U13 ten thousand reconnects cost no memory', async () => {
  let staying = false
  mopidy = startFickleMopidy((count) =>
    staying ? 'stay' : (ENDINGS[count % ENDINGS.length] ?? 'stay'),
  )
  let timesOnline = 0
  const limits = { mopidy: { backOffFirstMs: 0.1, backOffMostMs: 0.1 } }
  programs = await Promise.all(
    Array.from({ length: PROGRAMS }, () => startTestMusakone({ mopidyUrl: mopidy.url, limits })),
  )
  for (const { services } of programs)
    services.mopidy.onStatus(({ online }) => {
      if (online) timesOnline += 1
    })
  const connections = (count: number) =>
    until(() => mopidy.openedAt.length >= count, `${count} connections`, 40_000)

  /** Readings while a tenth of the reconnects happen from there on: each alone is off by megabytes. */
  const readings = async (from: number) => {
    const found: number[] = []
    for (let step = 1; step <= 10; step += 1) {
      await connections(from + (RECONNECTS / 100) * step)
      found.push(residentMemory())
    }
    return found
  }

  await connections(WARM_UP)
  const before = Math.max(...(await readings(WARM_UP)))
  await connections(WARM_UP + RECONNECTS)
  const after = Math.min(...(await readings(WARM_UP + RECONNECTS)))
  const growth = after - before

  expect(growth).toBeLessThanOrEqual(MOST_GROWTH)
  // Every fourth got as far as being online.
  expect(timesOnline).toBeGreaterThan(RECONNECTS / 5)
  staying = true
  // What was open before ends too, and a program may be online on it until then.
  const opened = mopidy.openedAt.length
  await until(() => mopidy.openedAt.length >= opened + PROGRAMS, 'connections that stay')
  for (const program of programs) {
    await program.online()
    await (await remember(program))()
  }
  // And nothing was left behind on the way.
  await until(() => mopidy.open() === PROGRAMS, 'one connection a program')
}, 120_000)
