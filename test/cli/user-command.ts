import { executable, temporaryFolder } from '../support/executable'

type Result = { exitCode: number; stdout: string; stderr: string }

/** Runs `musakone user …` on a database with this standard input. */
export async function runUser(
  databasePath: string,
  args: readonly string[],
  { input = '', variables = {} as Record<string, string>, cwd = temporaryFolder() } = {},
): Promise<Result> {
  const child = Bun.spawn([executable(), 'user', ...args], {
    cwd,
    env: { ...(databasePath !== '' && { DATABASE_PATH: databasePath }), ...variables },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [exitCode, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode, stdout, stderr }
}

/** Runs `musakone user …` on a terminal, and types an answer after each question. */
export async function typeUser(
  databasePath: string,
  args: readonly string[],
  answers: readonly (readonly [question: string, typed: string])[],
): Promise<{ exitCode: number; shown: string }> {
  let shown = ''
  let from = 0
  const left = [...answers]
  const child = Bun.spawn([executable(), 'user', ...args], {
    cwd: temporaryFolder(),
    env: { DATABASE_PATH: databasePath, TERM: 'xterm' },
    terminal: {
      cols: 100,
      rows: 24,
      data(terminal, bytes) {
        shown += new TextDecoder().decode(bytes)
        const [question, typed] = left[0] ?? []
        if (question === undefined || !shown.slice(from).includes(question)) return
        from = shown.length
        left.shift()
        terminal.write(typed ?? '')
      },
    },
  })
  const exitCode = await child.exited
  child.terminal?.close()
  return { exitCode, shown }
}
