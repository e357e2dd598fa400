import { durationOf, hourOf, weekdayOf } from '../amounts'
import { words } from '../words'
import './week-map.css'

const NAMED_EVERY = 6

/** A grid of weekdays and hours; the size of a dot is how long was listened then. */
export function WeekMap({ week }: { week: readonly (readonly number[])[] }) {
  const most = Math.max(0, ...week.flat())
  if (most === 0) return <p class="none">{words().noneYet}</p>
  return (
    <table class="week-map">
      <caption class="unseen">{words().whenHeard}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="unseen">{words().weekday}</span>
          </th>
          {Array.from({ length: 24 }, (_, hour) => (
            <th key={hour} scope="col">
              <span class="unseen">{hourOf(hour)}</span>
              {hour % NAMED_EVERY === 0 && (
                <span class="hour" aria-hidden="true">
                  {hourOf(hour).replace(/[:.]00/, '')}
                </span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {week.map((hours, day) => (
          <tr key={weekdayOf(day, 'short')}>
            <th scope="row">
              <span aria-hidden="true">{weekdayOf(day, 'short')}</span>
              <span class="unseen">{weekdayOf(day, 'long')}</span>
            </th>
            {hours.map((ms, hour) => (
              <td key={hour} title={titleOf(day, hour, ms)}>
                <span class="unseen">{ms > 0 ? durationOf(ms) : '–'}</span>
                <span
                  class={ms > 0 ? 'dot' : 'dot none-heard'}
                  style={ms > 0 ? { '--size': Math.max(0.28, Math.sqrt(ms / most)) } : {}}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function titleOf(day: number, hour: number, ms: number): string {
  const when = `${weekdayOf(day, 'long')}, ${words().fromTo(hourOf(hour), hourOf(hour + 1))}`
  return `${when}: ${durationOf(ms)}`
}
