/**
 * Measures Musakone beside the Mopidy that it stands before; a table on the terminal, JSON in
 * `dist/bench.json`. Everything that is compared is measured in one run on one machine.
 *
 *   bun run bench [--quick] [--only round-trip,crowd,kept-reads,opening,fan-out,large-add,…]
 */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { crowd } from './crowd'
import { fanOut } from './fan-out'
import { type Figure, kept } from './figure'
import { identify } from './identify'
import { idleClients } from './idle-clients'
import { keptReads } from './kept-reads'
import { largeAdd } from './large-add'
import { logins } from './logins'
import { machine } from './machine'
import { memory } from './memory'
import { opening } from './opening'
import { probe } from './probe'
import { recording } from './recording'
import { roundTrip } from './round-trip'
import { closeStage, openStage, type Stage } from './stage'
import { start } from './start'
import { statisticsSpeed } from './statistics-speed'
import { table } from './table'

const RESULTS = resolve(import.meta.dir, '../../dist/bench.json')

const BENCHMARKS: Readonly<Record<string, (stage: Stage) => Promise<Figure[]>>> = {
  'round-trip': roundTrip,
  crowd,
  'kept-reads': keptReads,
  opening,
  'fan-out': fanOut,
  'large-add': largeAdd,
  recording,
  statistics: statisticsSpeed,
  identify,
  logins,
  start,
  probe,
  memory,
  'idle-clients': idleClients,
}

await main()

async function main(): Promise<void> {
  const { quick, names } = chosen()
  const startedAt = performance.now()
  say('compiling, and starting Mopidy')
  const stage = await openStage(quick)
  if (stage === undefined)
    return fail('the benchmarks need a real Mopidy: apt install mopidy mopidy-local ffmpeg')
  const measuredOn = machine(stage)
  const figures: Figure[] = []
  let failed = false
  try {
    for (const name of names) {
      say(`measuring ${name}`)
      try {
        figures.push(...((await BENCHMARKS[name]?.(stage)) ?? []))
      } catch (error) {
        // What the others have measured is still worth its minutes.
        say(`${name} failed: ${error instanceof Error ? error.message : error}`)
        failed = true
      }
    }
  } finally {
    await closeStage(stage)
  }
  say(`done in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
  console.log(table(measuredOn, figures))
  mkdirSync(resolve(RESULTS, '..'), { recursive: true })
  const judged = figures.map((figure) => ({ ...figure, kept: kept(figure) }))
  await Bun.write(RESULTS, `${JSON.stringify({ machine: measuredOn, figures: judged }, null, 2)}\n`)
  process.exit(failed ? 1 : 0)
}

function chosen(): { quick: boolean; names: string[] } {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
  })
  const known = Object.keys(BENCHMARKS)
  const names = values.only?.split(',') ?? known
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    return fail(`there is no ${unknown}: choose some of ${known.join(', ')}`)
  return { quick: values.quick, names }
}

/** Progress goes to stderr, so that stdout is the table and nothing else. */
function say(line: string): void {
  console.error(`bench: ${line}`)
}

function fail(message: string): never {
  console.error(`bench: ${message}`)
  process.exit(1)
}
