import { createRandom } from '../mopidy/seeded-random'
import { ATTACKS, type Category, type Insider } from './attacks'

/** What the program gets as its argument, in JSON. */
export type Orders = Readonly<{
  insiders: readonly Insider[]
  categories: readonly Category[]
  seed: number
  /** Attacks that go on at once. */
  atOnce: number
}>

// Attacks until it is ended; a process of its own, so that what it costs is not taken for the phone's waiting.
const orders: Orders = JSON.parse(process.argv[2] ?? '{}')
const random = createRandom(orders.seed)

async function attack(own: ReturnType<typeof createRandom>): Promise<never> {
  for (;;) {
    const category = own.pick(orders.categories)
    const insider = own.pick(orders.insiders)
    try {
      await ATTACKS[category](insider, own)
    } catch {
      // The box may refuse or cut off anything.
    }
    process.stdout.write(`${category}\n`)
    await Bun.sleep(own.below(20))
  }
}

await Promise.all(Array.from({ length: orders.atOnce }, () => attack(random.fork())))
