import { signal } from '@preact/signals'
import { may } from '../connection/session'
import { IconButton } from '../controls/button'
import { Ghost } from '../controls/face'
import { Cover } from '../controls/rows/cover'
import { Person } from '../controls/rows/person'
import { type Choice, Choices, Sheet } from '../controls/sheet'
import { sentences } from '../language/language'
import { playback, playerCommands } from '../playing/player'
import { collect } from '../playlists/collecting'
import { clockOf, fromNow, timeOfDay } from '../time/time'
import { type Arrival, currentTlid, entries, nameOf, type QueueEntry, removeEntry } from './queue'
import type { Drag, Reorder } from './reorder'
import { ROW_HEIGHT } from './row-height'

type QueueRowOptions = {
  entry: QueueEntry
  index: number
  isCurrent: boolean
  mayEdit: boolean
  drag: Drag | null
  reorder: Reorder
  onOpen(entry: QueueEntry): void
}

/** A row of the queue. It keeps no state, since scrolling reuses it for another entry. */
export function QueueRow(options: QueueRowOptions) {
  const { entry, index, isCurrent, mayEdit, drag, reorder, onOpen } = options
  const words = sentences()
  const name = nameOf(entry)
  const shift = shiftOf(drag, entry, index)
  return (
    <div
      class="row queue-row"
      aria-current={isCurrent ? 'true' : undefined}
      data-dragged={drag?.entry.tlid === entry.tlid ? '' : undefined}
      data-shifting={drag === null ? undefined : ''}
      style={shift === 0 ? '' : { transform: `translateY(${shift}px)` }}
    >
      <button type="button" class="row-main" aria-haspopup="dialog" onClick={() => onOpen(entry)}>
        <span class="row-cover">
          <Cover uri={entry.uri} name={entry.album ?? name} />
          {isCurrent && <Bars />}
        </span>
        <span class="row-words">
          <span class="row-title">{name}</span>
          <span class="row-hint">
            <Person person={entry.queued_by} />
            {entry.artist && <span class="row-artist"> · {entry.artist}</span>}
          </span>
        </span>
        <span class="row-times">
          <When entry={entry} isCurrent={isCurrent} />
          {entry.length_ms !== null && (
            <span class="length">
              <span class="unseen">{words.lengthIs('')}</span>
              {clockOf(entry.length_ms)}
            </span>
          )}
        </span>
      </button>
      {mayEdit && (
        <>
          {isDesk.value && (
            <IconButton
              class="remove"
              icon="close"
              label={`${words.remove}: ${name}`}
              onClick={() => removeEntry(entry)}
            />
          )}
          <button
            type="button"
            class="icon-button grip"
            data-grip={entry.tlid}
            aria-label={words.move(name)}
            onPointerDown={(event) => reorder.start(event, entry, index)}
            onKeyDown={(event) => reorder.press(event, entry, index)}
          />
        </>
      )}
    </div>
  )
}

// Only a desk has the button that removes an entry; on a phone the sheet has it.
const desk = matchMedia('(min-width: 56rem)')
const isDesk = signal(desk.matches)
desk.addEventListener('change', () => {
  isDesk.value = desk.matches
})

type QueueSheetOptions = { tlid: number; reorder: Reorder; onClose(): void }

/** The sheet of an entry of the queue. */
export function QueueSheet({ tlid, reorder, onClose }: QueueSheetOptions) {
  const all = entries.value
  const index = all.findIndex((other) => other?.tlid === tlid)
  const entry = all[index]
  if (entry === undefined) return null
  return (
    <Sheet title={nameOf(entry)} hint={whence(entry)} onClose={onClose}>
      <Choices choices={choicesFor(entry, index, all.length, reorder)} onDone={onClose} />
    </Sheet>
  )
}

/** The time of day at which the entry starts; nothing while the server does not know it. */
function When({ entry, isCurrent }: { entry: QueueEntry; isCurrent: boolean }) {
  const words = sentences()
  if (isCurrent)
    return (
      <span class="when current">
        {playback.value?.state === 'paused' ? words.paused : words.now}
      </span>
    )
  if (entry.starts_at_ms !== null) return <span class="when">{timeOfDay(entry.starts_at_ms)}</span>
  return null
}

function Bars() {
  return (
    <span class="bars" data-moving={playback.value?.state === 'playing' ? '' : undefined}>
      <i />
      <i />
      <i />
    </span>
  )
}

/** The artist, the person who added the entry, and when. */
function whence({ artist, added_at: addedAt, queued_by: person }: QueueEntry): string {
  const words = sentences()
  const added =
    addedAt === null ? null : words.addedAt(fromNow(Math.min(0, addedAt * 1000 - Date.now())))
  return [artist, person && words.byName(person.username), added].filter(Boolean).join(' · ')
}

function choicesFor(entry: QueueEntry, index: number, count: number, reorder: Reorder): Choice[] {
  const words = sentences()
  const choices: Choice[] = []
  if (may('playback'))
    choices.push({
      icon: 'play',
      label: words.playNow,
      run: () => void playerCommands.play(entry.tlid),
    })
  if (may('playlists.save'))
    choices.push({
      icon: 'collect',
      label: words.addToPlaylist,
      run: () => collect([{ uri: entry.uri, name: nameOf(entry) }]),
    })
  if (!may('queue.edit')) return choices
  const current = entries.value.findIndex((other) => other?.tlid === currentTlid.value)
  const next = current < 0 ? 0 : index < current ? current : current + 1
  if (index !== next && index !== current)
    choices.push({
      icon: 'nextUp',
      label: words.moveNext,
      run: () => void reorder.move(entry, next),
    })
  if (index > 0)
    choices.push({
      icon: 'up',
      label: words.moveUp,
      run: () => void reorder.move(entry, index - 1),
    })
  if (index < count - 1)
    choices.push({
      icon: 'down',
      label: words.moveDown,
      run: () => void reorder.move(entry, index + 1),
    })
  choices.push({
    icon: 'trash',
    label: words.remove,
    tone: 'problem',
    run: () => void removeEntry(entry),
  })
  return choices
}

/** By how many pixels a row moves aside for the row that is dragged. */
function shiftOf(drag: Drag | null, entry: QueueEntry, index: number): number {
  if (drag === null) return 0
  if (drag.entry.tlid === entry.tlid) return drag.by
  const { from, to } = drag
  if (index > from && index <= to) return -ROW_HEIGHT
  return index < from && index >= to ? ROW_HEIGHT : 0
}

export function ArrivalRow({ arrival }: { arrival: Arrival }) {
  return (
    <div class="row queue-row arriving">
      <span class="row-main">
        <Cover uri={arrival.uri} name={arrival.name} />
        <span class="row-words">
          <span class="row-title">{arrival.name}</span>
          <span class="row-hint">{sentences().adding}</span>
        </span>
      </span>
    </div>
  )
}

export function GhostRow() {
  return (
    <div class="row ghost-row" aria-hidden="true">
      <Ghost />
    </div>
  )
}
