import type { ReadStream } from 'node:tty'
import { StartError } from '../../errors'

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'
const BACKSPACE = new Set(['\u007f', '\b'])
const ENTER = new Set(['\r', '\n'])
const ESCAPE = '\u001b'
/** The exit code that a shell reports for an interrupted program: 128 + SIGINT. */
const INTERRUPTED = 130

/**
 * Asks the questions one after the other on a terminal, and reads each answer without showing it.
 * @throws {StartError} on Ctrl-C, Ctrl-D, and at the end of the input.
 */
export async function askHidden(
  input: ReadStream,
  write: (text: string) => void,
  questions: readonly string[],
): Promise<string[]> {
  const keys = keysOf(input)
  const lines: string[] = []
  input.setRawMode(true)
  try {
    for (const question of questions) {
      write(question)
      lines.push(await readLine(keys))
      write('\n')
    }
    return lines
  } catch (error) {
    write('\n')
    throw error
  } finally {
    input.setRawMode(false)
    await keys.return(undefined)
  }
}

async function readLine(keys: AsyncGenerator<string, void>): Promise<string> {
  let line: string[] = []
  for (;;) {
    const { value: key } = await keys.next()
    if (key === undefined || key === CTRL_C || key === CTRL_D)
      throw new StartError('broken off, nothing was changed', INTERRUPTED)
    if (ENTER.has(key)) return line.join('')
    if (BACKSPACE.has(key)) line.pop()
    else if (key === CTRL_U) line = []
    else if (key >= ' ') line.push(key)
  }
}

/** The characters that are typed, one at a time, without the sequences of arrow and function keys. */
async function* keysOf(input: ReadStream): AsyncGenerator<string, void> {
  input.setEncoding('utf8')
  for await (const typed of input) if (!String(typed).startsWith(ESCAPE)) yield* String(typed)
}
