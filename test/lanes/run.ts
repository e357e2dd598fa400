/** `bun run test`: see `--help`. The last line that it prints is `N passed, N failed, N skipped`. */
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { Lane } from './lanes'
import { parseOptions, USAGE } from './options'
import { commandOutcome, failuresOf, type Outcome, testOutcome } from './outcome'
import { type Job, plan, testFiles } from './plan'
import { type Ended, type Running, startProcess } from './process'
import { createReport } from './report'
import { runJobs } from './schedule'

const ROOT = resolve(import.meta.dir, '../..')
const MINUTE = 60_000
const LONGEST_JOB_MS = 20 * MINUTE
// Patience for a busy machine: what has to be quick, a test measures itself.
const LONGEST_TEST_MS = 2 * MINUTE
// Many tests wait for a time to pass, so that one more than there are cores keeps these busy.
const WORKERS = cpus().length + 1
const CHECK: Lane = {
  name: 'check',
  about: 'the linter and the type checker',
  files: [],
  atOnce: 1,
}

const options = readOptions()
if (options.help) {
  process.stdout.write(USAGE)
  process.exit(0)
}
const jobs: Job[] = [
  ...(options.check ? ['lint', 'types'].map((name) => ({ lane: CHECK, file: name })) : []),
  ...plan(testFiles(ROOT), options),
]
if (jobs.length === 0) fail('no test file fits')

const report = createReport((line) => process.stdout.write(`${line}\n`))
const running = new Set<Running>()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    stopped = true
    for (const each of running) each.stop()
  })

await runJobs(jobs, { workers: WORKERS, stopped: () => stopped, run })
report.end(stopped)
process.exit(stopped || report.failed() ? 1 : 0)

async function run(job: Job): Promise<void> {
  const child = startProcess(commandOf(job), {
    cwd: ROOT,
    env: { ...process.env, ...(options.full && { MUSAKONE_TEST_FULL: '1' }) },
    timeoutMs: LONGEST_JOB_MS,
  })
  running.add(child)
  const ended = await child.ended
  running.delete(child)
  if (!stopped) report.job(job, ended, outcomeOf(job, ended), failuresOf(ended.printed))
}

function commandOf({ lane, file }: Job): string[] {
  if (lane === CHECK) return [process.execPath, 'run', file]
  // What a test has started ends with its process, and this with the runner.
  return [
    process.execPath,
    '--no-orphans',
    'test',
    '--timeout',
    String(LONGEST_TEST_MS),
    `./${file}`,
  ]
}

function outcomeOf({ lane }: Job, ended: Ended): Outcome {
  return lane === CHECK ? commandOutcome(ended) : testOutcome(ended)
}

function readOptions() {
  try {
    return parseOptions(process.argv.slice(2), process.env)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

function fail(message: string): never {
  process.stderr.write(`test: ${message}\n`)
  process.exit(2)
}
