import type { ComponentChildren } from 'preact'
import { Cover } from '../controls/rows/cover'
import { timeOfDay } from '../time/time'
import { nameOf, type QueueEntry } from './queue'

type ComingSongsOptions = {
  entries: readonly QueueEntry[]
  hintOf(entry: QueueEntry): ComponentChildren
}

/** Songs of the queue with the time at which each starts, to be read only. */
export function ComingSongs({ entries, hintOf }: ComingSongsOptions) {
  return (
    <ol>
      {entries.map((entry) => (
        <li key={entry.tlid} class="row">
          <Cover uri={entry.uri} name={entry.album ?? nameOf(entry)} />
          <span class="row-words">
            <span class="row-title">{nameOf(entry)}</span>
            <span class="row-hint">{hintOf(entry)}</span>
          </span>
          {entry.starts_at_ms !== null && (
            <span class="length">{timeOfDay(entry.starts_at_ms)}</span>
          )}
        </li>
      ))}
    </ol>
  )
}
