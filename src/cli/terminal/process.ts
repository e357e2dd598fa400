import type { ReadStream } from 'node:tty'
import type { Log } from '../../log'
import type { Running } from '../service/running'

/** What the process gives to a command. */
export type Process = {
  variables: Readonly<Record<string, string | undefined>>
  terminal: boolean
  print(line: string): void
  /** Puts a text on the terminal, where it is not taken for output. */
  write(text: string): void
  /** Standard input, which may be a terminal. */
  input(): ReadStream
  /** All that comes on standard input. */
  inputText(): Promise<string>
  /** Starts it, and stops it when the process is told to. Rejects when it does not start. */
  untilStopped(start: () => Promise<Running>, log: Log): Promise<void>
}
