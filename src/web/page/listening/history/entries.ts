import { useEffect, useState } from 'preact/hooks'
import { me } from '../../connection/session'
import { connection } from '../../connection/socket'
import { type Entry, type Filter, nextPage } from './pages'

type State = {
  question: string
  /** How many pages the screen had asked for when this state was set. */
  wanted: number
  entries?: readonly Entry[] | undefined
  cursor?: string | null
  problem?: string
}

/** The entries of all pages so far; `more` asks for the next page. */
export function useEntries(question: string, filter: Filter) {
  const [state, set] = useState<State>({ question: '', wanted: 0 })
  const [wanted, setWanted] = useState(0)
  const isOpen = connection.value === 'open' && me.value !== null
  const { entries, cursor = null, problem } = state
  const isSame = state.question === question
  const isBusy = !isSame || state.wanted !== wanted
  useEffect(() => {
    if (!isOpen || !isBusy) return
    let stays = true
    const before = isSame ? { entries, cursor } : {}
    nextPage(filter, before.cursor ?? undefined).then(
      (page) =>
        stays &&
        set({
          question,
          wanted,
          entries: [...(before.entries ?? []), ...page.entries],
          cursor: page.cursor,
        }),
      ({ message }) => stays && set({ ...before, question, wanted, problem: String(message) }),
    )
    return () => {
      stays = false
    }
  }, [question, wanted, isOpen])
  return {
    entries,
    cursor,
    problem: isBusy ? undefined : problem,
    isBusy,
    more: () => setWanted(wanted + 1),
  }
}
