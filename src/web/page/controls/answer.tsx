import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection } from '../connection/socket'
import { sentences } from '../language/language'
import { Button } from './button'
import { Face, Waiting } from './face'

export type Answer<Value> = {
  value: Value | undefined
  /** Whether it is of another question, and the new answer is on its way. */
  isOld: boolean
  problem: string | undefined
  again(): void
}

type State<Value> = {
  question: string
  value?: Value
  /** What the value is the answer to. */
  answered?: string
  problem?: string
}

/** Asks when the question is another, and anew whenever there is a connection again. */
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
    // Better an answer from before than none.
    problem: asked === question && answered !== question ? problem : undefined,
    again: () => setAttempt((before) => before + 1),
  }
}

type AnsweredOptions<Value> = {
  answer: Answer<Value>
  children(value: Value): ComponentChildren
}

/** The answer, or the face of what is there instead of it. */
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
