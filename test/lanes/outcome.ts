import type { Ended } from './process'

export type Counts = Readonly<{ passed: number; failed: number; skipped: number }>

export type Outcome = Counts &
  Readonly<{
    /** Why the job counts as failed, beside the failed tests that it printed. */
    problem: string | undefined
  }>

/** Counts what `bun test` has printed. A crash, a time-out and a file without a test are failures. */
export function testOutcome({ printed, exitCode, timedOut }: Ended): Outcome {
  const count = (word: string) =>
    Number(new RegExp(`^ *(\\d+) ${word}$`, 'm').exec(printed)?.[1] ?? 0)
  const counts = {
    passed: count('pass'),
    failed: count('fail') + count('error') + count('errors'),
    skipped: count('skip') + count('todo'),
  }
  const ran = Number(/^Ran \d+ tests? across (\d+) files?\./m.exec(printed)?.[1] ?? 0)
  const problem = whyFailed()
  return { ...counts, failed: counts.failed + (problem === undefined ? 0 : 1), problem }

  function whyFailed(): string | undefined {
    if (timedOut) return 'it took too long and was killed'
    if (ran !== 1) return `it ended with ${exitCode} before all its tests had run`
    if (counts.passed + counts.failed + counts.skipped === 0) return 'it has no test'
    if (exitCode !== 0 && counts.failed === 0)
      return `it ended with ${exitCode} though no test has failed`
    return undefined
  }
}

/** A command that is not `bun test` passes or fails as a whole. */
export function commandOutcome({ exitCode, timedOut }: Ended): Outcome {
  const passed = exitCode === 0 && !timedOut
  return {
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    problem: passed ? undefined : `it ended with ${exitCode}`,
  }
}

/** The part of a print-out that tells of failures: a passed test is one line that can be left out. */
export function failuresOf(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !/^\((pass|skip|todo)\) /.test(line))
    .join('\n')
    .trim()
}
