import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { failuresOf, testOutcome } from './outcome'
import { startProcess } from './process'

const IMPORT = "import { expect, test } from 'bun:test'\n"
const PASSES = "test('it holds', () => expect(1).toBe(1))\n"
const HANGS = "test('it hangs', () => new Promise(() => {}), 1e6)\n"

/** Runs a file of this content as the runner does. */
async function outcomeOf(content: string, timeoutMs = 20_000) {
  const cwd = temporaryFolder()
  await Bun.write(join(cwd, 'a.test.ts'), IMPORT + content)
  const command = [process.execPath, '--no-orphans', 'test', './a.test.ts']
  const ended = await startProcess(command, { cwd, env: process.env, timeoutMs }).ended
  return { ...testOutcome(ended), failure: failuresOf(ended.printed), ended }
}

test('what passes, fails and is skipped is counted', async () => {
  const skipped = "test.skip('later', () => {})\n"
  const fails = "test('it does not', () => expect(1).toBe(2))\n"
  const outcome = await outcomeOf(PASSES + skipped + fails)
  expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 1, problem: undefined })
  expect(outcome.failure).toContain('(fail) it does not')
  expect(outcome.failure).toContain('Expected: 2')
  expect(outcome.failure).not.toContain('it holds')
})

test.each([
  ['a file without a test', '', 'it has no test'],
  [
    'a process that ends in the middle',
    `${PASSES}test('it crashes', () => process.exit(0))`,
    'it ended with 0 before all its tests had run',
  ],
  [
    'a process that is killed',
    `test('it dies', () => process.kill(process.pid, 'SIGKILL'))`,
    'it ended with null before all its tests had run',
  ],
])('%s fails', async (_name, content, problem) => {
  expect(await outcomeOf(content)).toMatchObject({ problem, failed: 1 })
})

test('a file that throws fails', async () => {
  const { failed, failure } = await outcomeOf("throw new Error('too early')")
  expect(failed).toBeGreaterThan(0)
  expect(failure).toContain('too early')
})

test('what takes too long is killed, with all that it has started, and fails', async () => {
  const seconds = `12345.${process.pid}`
  const child = `Bun.spawn(['sleep', '${seconds}'], { stdout: 'inherit' })\n`
  const { problem, ended } = await outcomeOf(child + HANGS, 2_000)
  expect(problem).toBe('it took too long and was killed')
  expect(ended.seconds).toBeLessThan(20)
  expect(Bun.spawnSync(['pgrep', '-f', `^sleep ${seconds}$`]).stdout.toString()).toBe('')
})
