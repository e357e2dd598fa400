import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection } from '../connection/socket'
import { sentences } from '../language/language'
import { Button } from './button'
import { Face, Waiting } from './face'

type Answer<Value> = {
  value: Value | undefined
  /** Whether the value answers an earlier question, and the new answer is being fetched. */
  isOld: boolean
  problem: string | undefined
  again(): void
}

type State<Value> = {
  question: string
  value?: Value
  /** The question that the value answers. */
  answered?: string
  problem?: string
}

/** Asks when the question changes, and again after each reconnect. */
export function useAnswer<Value>(question: string, ask: () => Promise<Value>): Answer<Value> {
  const [{ question: asked, value, answered, problem }, set] = useState<State<Value>>({
    question: '',
  })
  const [attempt, setAttempt] = useState(0)
  const isOpen = connection.value === 'open'
  useEffect(() => {
    if (!isOpen) return
    let stays = true
    ask().then(
      (value) => stays && set({ question, value, answered: question }),
      ({ message }) =>
        stays && set((before) => ({ ...before, question, problem: String(message) })),
    )
    return () => {
      stays = false
    }
  }, [question, attempt, isOpen])
  return {
    value,
    isOld: answered !== question,
    // An error is shown only without an answer: an earlier answer to the same question stays.
    problem: asked === question && answered !== question ? problem : undefined,
    again: () => setAttempt((before) => before + 1),
  }
}

type AnsweredOptions<Value> = {
  answer: Answer<Value>
  children(value: Value): ComponentChildren
}

/** The answer, or a face that says that it is being fetched, failed, or that there is no connection. */
export function Answered<Value>({ answer, children }: AnsweredOptions<Value>) {
  const { value, isOld, problem, again } = answer
  if (problem !== undefined)
    return (
      <Face icon="offline" title={problem}>
        <Button onClick={again}>{sentences().retry}</Button>
      </Face>
    )
  if (value === undefined)
    return connection.value === 'lost' ? (
      <Face icon="offline" title={sentences().noConnection} />
    ) : (
      <Waiting />
    )
  return <div data-busy={isOld ? '' : undefined}>{children(value)}</div>
}
