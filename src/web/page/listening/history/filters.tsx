import { useEffect, useState } from 'preact/hooks'
import { query } from '../../address/router'
import { may, me } from '../../connection/session'
import { IconButton } from '../../controls/button'
import { Segments } from '../../controls/forms/segments'
import { Icon } from '../../controls/icon'
import { sentences } from '../../language/language'
import type { Whose } from '../ask'
import { askFor } from '../asked'
import { words } from '../words'
import { type Filter, WHEN, type When } from './pages'
import '../filters.css'

const SETTLED_MS = 250

/** Narrows the history down. The address holds the choice, so that "back" and links keep it. */
export function Filters({ filter, whose }: { filter: Filter; whose: Whose }) {
  const say = words()
  const set = (name: string, value: string) => askFor({ [name]: value === '' ? undefined : value })
  const kinds = filter.list === 'heard' ? say.endings : say.actions
  return (
    <div class="filters">
      {whose === 'mine' && may('history.room') && (
        <Segments
          label={say.heardOrDone}
          names={[
            ['heard', say.heard],
            ['done', say.done],
          ]}
          chosen={filter.list}
          onChoose={(list) => askFor({ list, kind: undefined })}
        />
      )}
      <FindField text={filter.text} />
      <label>
        <span>{say.kind}</span>
        <select
          value={filter.kind}
          onChange={({ currentTarget }) => set('kind', currentTarget.value)}
        >
          <option value="">{say.anyKind}</option>
          {Object.entries(kinds).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{say.when}</span>
        <select
          value={filter.when}
          onChange={({ currentTarget }) => set('when', currentTarget.value)}
        >
          {WHEN.map((when) => (
            <option key={when} value={when}>
              {nameOfWhen(when)}
            </option>
          ))}
        </select>
      </label>
      {filter.when === 'dates' && (
        <>
          <DayField name="from" label={say.fromDay} day={filter.from} onChoose={set} />
          <DayField name="to" label={say.toDay} day={filter.to} onChoose={set} />
        </>
      )}
    </div>
  )
}

function FindField({ text }: { text: string }) {
  const [typed, setTyped] = useState(text)
  const say = words()
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => askFor({ q: typed || undefined }), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <search class="search-field">
      <Icon name="search" />
      <input
        type="search"
        aria-label={say.findIn}
        placeholder={say.findIn}
        value={typed}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {typed !== '' && (
        <IconButton icon="close" label={sentences().clearSearch} onClick={() => setTyped('')} />
      )}
    </search>
  )
}

type DayFieldOptions = {
  name: string
  label: string
  day: string
  onChoose(name: string, day: string): void
}

function DayField({ name, label, day, onChoose }: DayFieldOptions) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="date"
        value={day}
        onChange={({ currentTarget }) => onChoose(name, currentTarget.value)}
      />
    </label>
  )
}

function nameOfWhen(when: When): string {
  const say = words()
  return {
    any: say.anyTime,
    today: say.today,
    week: say.lastWeek,
    month: say.lastMonth,
    year: say.lastYear,
    dates: say.chooseDates,
  }[when]
}

/** The filter that the address asks for. */
export function readFilter(whose: Whose): Filter {
  const asked = query.value
  const when = WHEN.find((when) => when === asked.get('when')) ?? 'any'
  // The list of what was heard belongs to the room, and a role may lack the permission to see it.
  const list = whose === 'room' || (asked.get('list') !== 'done' && may('history.room'))
  const kinds = list ? words().endings : words().actions
  const kind = asked.get('kind') ?? ''
  return {
    list: list ? 'heard' : 'done',
    user: whose === 'mine' ? me.value?.id : undefined,
    text: (asked.get('q') ?? '').trim().slice(0, 200),
    kind: Object.hasOwn(kinds, kind) ? kind : '',
    when,
    from: asked.get('from') ?? '',
    to: asked.get('to') ?? '',
  }
}
