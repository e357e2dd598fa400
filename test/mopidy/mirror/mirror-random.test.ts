import { afterEach, describe, expect, test } from 'bun:test'
import { commitSeed, stepsOf } from '../../support/long-runs'
import { hasRealMopidy } from '../../support/real-mopidy'
import { crowd, disturb } from '../crowd'
import { createRandom, type Random } from '../seeded-random'
import { createDrill } from './mirror-drill'
import { demoRoom, type MirrorRoom, realRoom } from './mirror-room'
import { writeAlone } from './own-writes'

// To repeat a run: MIRROR_SEED=<the number in the test's name> bun test test/mopidy/mirror/mirror-random.test.ts
const SEED = Number(process.env.MIRROR_SEED ?? commitSeed)

const STEPS = stepsOf(10_000)
const STEPS_REAL = 2_000
const LONGEST_PAUSE_MS = 3_000

let room: MirrorRoom | undefined
afterEach(async () => {
  await room?.stop()
  room = undefined
})

/** Some write alone, many at once, outsiders, time goes by; after it everything is compared. */
async function run(random: Random, inRoom: MirrorRoom, steps: number): Promise<number> {
  room = inRoom
  const drill = createDrill(room, random)
  await drill.compareAll()
  while (drill.steps() < steps) {
    // A real Mopidy takes its time to become quiet, so there more happens between.
    for (let writes = random.below(12); writes > 0; writes -= 1) await writeAlone(drill)
    if (random.chance(0.5)) await drill.compareAll()
    for (let times = random.below(room.deterministic ? 4 : 2); times > 0; times -= 1)
      await disturb(drill)
    await crowd(drill, (room.deterministic ? 4 : 12) + random.below(12))
    room.pass(random.chance(0.3) ? random.below(LONGEST_PAUSE_MS) : 0)
    await drill.compareAll()
  }
  return drill.steps()
}

describe(`The mirror against Mopidy itself (MIRROR_SEED=${SEED})`, () => {
  for (const audioDelayMs of [0, 5])
    test(`agrees with the demo, its sound heard ${audioDelayMs} ms later`, async () => {
      const random = createRandom(SEED + audioDelayMs)
      const steps = await run(random, await demoRoom(random, audioDelayMs), STEPS)
      expect(steps).toBeGreaterThanOrEqual(STEPS)
    })

  test.skipIf(!hasRealMopidy())('agrees with a real Mopidy', async () => {
    const steps = await run(createRandom(SEED), await realRoom(), STEPS_REAL)
    expect(steps).toBeGreaterThanOrEqual(STEPS_REAL)
  })
})
