import { parseArgs } from 'node:util'
import { CATEGORIES, type Category } from './attacks'
import { siege } from './siege'
import { figures, verdict } from './verdict'

const USAGE = `Lets insiders do their worst to the executable, for as long as is wished.

  bun test/fuzz/insider.ts [--minutes 30] [--seed 7] [--only a,b] [--without a,b]

Categories: ${CATEGORIES.join(', ')}
`

// A run is a series of half minutes, each on a new box with a seed of its own, so that one that fails can be
// repeated alone: --seed <its seed> --minutes 0.5
const ROUND_MS = 30_000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0.5' },
    seed: { type: 'string' },
    only: { type: 'string' },
    without: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
const isCategory = (name: string): name is Category => CATEGORIES.some((one) => one === name)
const named = [values.only, values.without]
  .flatMap((list) => list?.split(',') ?? [])
  .filter(Boolean)
const stranger = named.find((name) => !isCategory(name))
if (values.help || stranger !== undefined) {
  process.stderr.write(`${stranger === undefined ? '' : `there is no ${stranger}\n`}${USAGE}`)
  process.exit(values.help ? 0 : 2)
}
const chosen = values.only?.split(',') ?? CATEGORIES
const left = values.without.split(',')
const categories = CATEGORIES.filter((name) => chosen.includes(name) && !left.includes(name))

let seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
let failures = 0
const end = performance.now() + Number(values.minutes) * 60_000
do {
  const found = await siege({ seed, ms: Math.min(ROUND_MS, end - performance.now()), categories })
  const wrong = verdict(found)
  failures += wrong.length
  process.stdout.write(`${figures(found)}\n${wrong.map((one) => `  WRONG: ${one}\n`).join('')}`)
  seed += 1
} while (performance.now() < end)
process.exit(failures === 0 ? 0 : 1)
