import { durationOf, inUnit } from '../amounts'
import type { Slot } from '../spans'
import { words } from '../words'
import './bars.css'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Distances between the lines of the scale, in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600]

/** The listening time as a bar chart; for screen readers it is a list. */
export function Bars({ slots, label }: { slots: readonly Slot[]; label: string }) {
  const most = slots.reduce<Slot | undefined>(
    (most, slot) => (most && most.listenedMs >= slot.listenedMs ? most : slot),
    undefined,
  )
  if (most === undefined || most.listenedMs === 0) return <p class="none">{words().noneYet}</p>
  const lines = linesUpTo(most.listenedMs)
  const top = lines.at(-1) ?? 1
  // All lines share one unit, since a label of hours and minutes does not fit.
  const inHours = lines.every((ms) => ms % HOUR_MS === 0)
  const longest = Math.max(...slots.map(({ label }) => label.length))
  // Only so many labels fit below the bars on a phone.
  const every = Math.ceil(slots.length / (longest <= 2 ? 12 : longest <= 4 ? 7 : 5))
  return (
    <figure class={longest > 2 ? 'chart long' : 'chart'}>
      <div class="chart-field">
        <div class="chart-scale" aria-hidden="true">
          {lines.map((ms) => (
            <div class="chart-line" key={ms} style={{ bottom: partOf(ms, top) }}>
              <span>{inHours ? inUnit(ms / HOUR_MS, 'h') : inUnit(ms / MINUTE_MS, 'min')}</span>
            </div>
          ))}
        </div>
        <ol aria-label={label}>
          {slots.map((slot, index) => (
            <li key={slot.name} title={`${slot.name}: ${durationOf(slot.listenedMs)}`}>
              <span class="unseen">
                {slot.name}: {durationOf(slot.listenedMs)}
              </span>
              <span
                class={slot === most ? 'bar most' : 'bar'}
                style={{ height: partOf(slot.listenedMs, top) }}
              />
              <span class="bar-label" aria-hidden="true">
                {/* Counted from the newest bar, which always has a label. */}
                {(slots.length - 1 - index) % every === 0 && slot.label}
              </span>
            </li>
          ))}
        </ol>
      </div>
      <figcaption>{words().most(most.name, durationOf(most.listenedMs))}</figcaption>
    </figure>
  )
}

const partOf = (ms: number, top: number) => `${(100 * ms) / top}%`

/**
 * Where the lines of the scale are, in milliseconds: at most four, or one each ten hours; the last
 * is at or above the most.
 */
function linesUpTo(mostMs: number): number[] {
  const minutes = mostMs / MINUTE_MS
  const step =
    STEPS.find((step) => step * 4 >= minutes) ?? Math.ceil(mostMs / HOUR_MS / 40) * 10 * 60
  return Array.from({ length: Math.ceil(minutes / step) }, (_, at) => (at + 1) * step * MINUTE_MS)
}
