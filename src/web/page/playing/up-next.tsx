import { follow } from '../address/router'
import { SCREENS } from '../address/screens'
import { Cover } from '../controls/rows/cover'
import { Person } from '../controls/rows/person'
import { sentences } from '../language/language'
import { nameOf, upNext } from '../queue/queue'
import { timeOfDay } from '../time/time'

/** The next few songs, with who wanted them. */
export function UpNext() {
  const entries = upNext.value
  if (entries.length === 0) return null
  return (
    <section class="up-next">
      <div class="section-head">
        <h2>{sentences().upNext}</h2>
        <a href={SCREENS.queue} onClick={follow}>
          {sentences().wholeQueue}
        </a>
      </div>
      <ol>
        {entries.map((entry) => (
          <li key={entry.tlid} class="row">
            <Cover uri={entry.uri} name={entry.album ?? nameOf(entry)} />
            <span class="row-words">
              <span class="row-title">{nameOf(entry)}</span>
              <span class="row-hint">
                {entry.artist && `${entry.artist} · `}
                <Person person={entry.queued_by} />
              </span>
            </span>
            {entry.starts_at_ms !== null && (
              <span class="length">{timeOfDay(entry.starts_at_ms)}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
