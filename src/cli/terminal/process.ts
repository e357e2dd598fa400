import type { ReadStream } from 'node:tty'
import type { Log } from '../../log'
import type { Running } from '../service/running'

/** The arguments, input and output of the process, as a command may use them. */
export type Process = {
  variables: Readonly<Record<string, string | undefined>>
  terminal: boolean
  print(line: string): void
  /** Writes to standard error, such as a question. */
  write(text: string): void
  /** Standard input, which may be a terminal. */
  input(): ReadStream
  /** Reads standard input to its end. */
  inputText(): Promise<string>
  /** Starts the service, and stops it on a signal. Rejects when it does not start. */
  untilStopped(start: () => Promise<Running>, log: Log): Promise<void>
}
