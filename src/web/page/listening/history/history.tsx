import { me } from '../../connection/session'
import { Button } from '../../controls/button'
import { Face, Waiting } from '../../controls/face'
import { sentences } from '../../language/language'
import { dateOf } from '../amounts'
import type { Whose } from '../ask'
import { words } from '../words'
import { useEntries } from './entries'
import { Filters, readFilter } from './filters'
import type { Entry } from './pages'
import { ActionRow, PlayRow } from './rows'
import './history.css'

/** A person's actions or the songs that were heard, newest first, filtered by words, kind and time. */
export function History({ whose }: { whose: Whose }) {
  const filter = readFilter(whose)
  const question = JSON.stringify([filter, me.value?.id])
  const { entries, cursor, isBusy, problem, more } = useEntries(question, filter)
  const say = words()
  return (
    <div class="history">
      <Filters filter={filter} whose={whose} />
      {problem !== undefined ? (
        <Face icon="offline" title={problem}>
          <Button onClick={more}>{sentences().retry}</Button>
        </Face>
      ) : entries === undefined ? (
        <Waiting />
      ) : entries.length === 0 && !isBusy ? (
        <Face icon="clock" title={say.noHistory} hint={say.noHistoryHint} />
      ) : (
        <>
          <p class="unseen" role="status">
            {isBusy ? sentences().loading : say.entries(entries.length)}
          </p>
          <ByDay entries={entries} whose={whose} />
          <div class="history-end">
            {cursor === null ? (
              <p>{say.theEnd}</p>
            ) : (
              <Button onClick={more} disabled={isBusy}>
                {isBusy ? sentences().loading : say.showMore}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  )
}

function ByDay({ entries, whose }: { entries: readonly Entry[]; whose: Whose }) {
  const days = Map.groupBy(entries, ({ atMs }) => new Date(atMs).toDateString())
  return (
    <>
      {[...days].map(([day, its]) => (
        <section key={day} class="history-day">
          <h2>{headingOf(its[0]?.atMs ?? 0)}</h2>
          <ul class="rows">
            {its.map((entry) => (
              <li key={entry.key}>
                {'play' in entry ? (
                  <PlayRow play={entry.play} whose={whose} />
                ) : (
                  <ActionRow action={entry.action} />
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function headingOf(ms: number): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long' } as const
  const isThisYear = new Date(ms).getFullYear() === new Date().getFullYear()
  return dateOf(ms, isThisYear ? options : { ...options, year: 'numeric' })
}
