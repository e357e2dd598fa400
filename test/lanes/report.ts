import type { Counts, Outcome } from './outcome'
import type { Job } from './plan'
import type { Ended } from './process'

export type Report = ReturnType<typeof createReport>

/** Tells of each job in one line as it ends, and at the end of what has failed, whole. */
export function createReport(print: (line: string) => void) {
  const failures: string[] = []
  const lanes = new Map<string, Counts & { seconds: number; cpuSeconds: number }>()
  const total = { passed: 0, failed: 0, skipped: 0 }
  const startedAt = performance.now()

  return {
    job({ lane, file }: Job, ended: Ended, outcome: Outcome, failure: string): void {
      const { passed, failed, skipped, problem } = outcome
      total.passed += passed
      total.failed += failed
      total.skipped += skipped
      const times = `${seconds(ended.seconds)} (cpu ${seconds(ended.cpuSeconds)})`
      print(
        `${failed === 0 ? 'ok  ' : 'FAIL'} ${lane.name.padEnd(9)} ${file}  ${times}  ${counted(outcome)}`,
      )
      const before = lanes.get(lane.name)
      lanes.set(lane.name, {
        passed: (before?.passed ?? 0) + passed,
        failed: (before?.failed ?? 0) + failed,
        skipped: (before?.skipped ?? 0) + skipped,
        seconds: (before?.seconds ?? 0) + ended.seconds,
        cpuSeconds: (before?.cpuSeconds ?? 0) + ended.cpuSeconds,
      })
      if (failed > 0)
        failures.push(`\n──── ${file}${problem === undefined ? '' : `: ${problem}`}\n${failure}`)
    },

    failed: () => total.failed > 0,

    end(stopped: boolean): void {
      for (const failure of failures) print(failure)
      print('')
      for (const [name, lane] of lanes)
        print(
          `${name.padEnd(9)} ${counted(lane)}, ${seconds(lane.seconds)}, cpu ${seconds(lane.cpuSeconds)}`,
        )
      print(`in ${seconds((performance.now() - startedAt) / 1_000)}${stopped ? ', stopped' : ''}`)
      print(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
    },
  }
}

const seconds = (value: number) => `${value.toFixed(1)} s`
const counted = ({ passed, failed, skipped }: Counts) =>
  [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
    .filter(Boolean)
    .join(', ')
