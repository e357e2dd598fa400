import { isDeepStrictEqual } from 'node:util'
import type { Findings } from './siege'

/** What an honest phone and the box's own supervision may notice of insiders: milliseconds and megabytes. */
export const BOUNDS = { beyondMs: 500, healthMs: 500, memoryMb: 256 } as const

/** A song's start and end are heard of by an event, so late as Mopidy is busy. */
const SLACK_MS = 2_000

/** A sentence for each thing that somebody would have noticed. */
export function verdict(found: Findings): string[] {
  const wrong: string[] = []
  if (found.longestBeyondMs > BOUNDS.beyondMs)
    wrong.push(
      `${found.longestCall} of the phone took ${found.longestBeyondMs} ms longer than what Mopidy was busy with`,
    )
  if (found.healthMs > BOUNDS.healthMs) wrong.push(`/health took ${found.healthMs} ms`)
  if (!(found.memoryMb <= BOUNDS.memoryMb)) wrong.push(`it held ${found.memoryMb} MB`)
  if (found.problems.length > 0) wrong.push(`the phone was refused: ${found.problems[0]}`)
  const { least, most } = found.playedMs
  if (found.heardMs < least - SLACK_MS || found.heardMs > most + SLACK_MS)
    wrong.push(
      `${found.heardMs} ms are recorded as heard, of ${Math.round(least)} to ${Math.round(most)}`,
    )
  const at = found.done.findIndex((deed, index) => !isDeepStrictEqual(deed, found.recorded[index]))
  if (at !== -1 || found.done.length !== found.recorded.length)
    wrong.push(
      `the record has ${found.recorded.length} rows for ${found.done.length} deeds; the first that differs ` +
        `is number ${at}: ${JSON.stringify(found.recorded[at])} for ${JSON.stringify(found.done[at])}`,
    )
  return wrong
}

/** The figures of a run in one line. */
export function figures(found: Findings): string {
  const attacks = Object.entries(found.attacks)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
  return (
    `seed ${found.seed}: ${attacks}; phone ${found.calls} calls, ${found.done.length} deeds, at most ` +
    `${found.longestMs} ms, ${found.longestBeyondMs} ms beyond Mopidy; /health ${found.healthMs} ms; ` +
    `${found.memoryMb} MB`
  )
}
