import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Subprocess } from 'bun'
import { built } from './built'
import { atEnd } from './end'
import { until } from './test-musakone'

let path: string | undefined

/** The path of the executable, compiled from the sources as they are, once a state of these. */
export function executable(): string {
  path ??= `${built('executable', compile)}/musakone`
  return path
}

function compile(folder: string): void {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'build.ts', '--into', folder], {
    cwd: resolve(import.meta.dir, '../..'),
  })
  if (exitCode !== 0) throw new Error(`the build failed: ${stderr}`)
}

export type RunningExecutable = Awaited<ReturnType<typeof startExecutable>>

/** A new folder that is removed when the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'musakone-test-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the executable with these variables, in development if they do not say otherwise, until it says where it listens. */
export async function startExecutable(
  variables: Record<string, string> = {},
  { args = [] as string[], cwd = temporaryFolder() } = {},
) {
  const child = spawnExecutable(args, { PORT: '0', LOG_FORMAT: 'json', ...variables }, cwd)
  let log = ''
  const reading = (async () => {
    for await (const chunk of child.stdout) log += new TextDecoder().decode(chunk)
  })()
  const lines = () =>
    log
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const listening = () => lines().find(({ msg }) => msg === 'musakone is listening')
  await until(() => listening() !== undefined || child.exitCode !== null, 'it to listen')
  if (child.exitCode !== null)
    throw new Error(`it exited with ${child.exitCode}: ${await new Response(child.stderr).text()}`)
  const port = Number(listening()?.port)
  const clientsPort = Number(listening()?.clientsPort)

  return {
    child,
    cwd,
    port,
    origin: `http://127.0.0.1:${port}`,
    /** The origin of Mopidy's web clients. */
    clientsOrigin: `http://127.0.0.1:${clientsPort}`,
    socketUrl: `ws://127.0.0.1:${port}/ws`,
    /** What it has logged, parsed. */
    lines,

    /** Logs in as admin, in development with the password `admin`; the token. */
    async logIn(password = 'admin'): Promise<string> {
      const response = await fetch(`http://127.0.0.1:${port}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password }),
      })
      if (!response.ok) throw new Error(`login: ${response.status} ${await response.text()}`)
      return ((await response.json()) as { token: string }).token
    },

    /** Sends SIGTERM, or another signal; the exit code. */
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
      child.kill(signal)
      const exitCode = await child.exited
      await reading
      return exitCode
    },
  }
}

/** Runs the executable to its end; what it printed and its exit code. */
export async function runExecutable(
  args: string[],
  variables: Record<string, string> = {},
  cwd = temporaryFolder(),
): Promise<{ exitCode: number; stdout: string; stderr: string; ms: number }> {
  const startedAt = performance.now()
  const child = spawnExecutable(args, variables, cwd)
  const [exitCode, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode, stdout, stderr, ms: performance.now() - startedAt }
}

function spawnExecutable(
  args: string[],
  variables: Record<string, string>,
  cwd: string,
): Subprocess<'ignore', 'pipe', 'pipe'> {
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'development', ...variables }
  const child = Bun.spawn([executable(), ...args], {
    cwd,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  atEnd(() => child.kill('SIGKILL'))
  return child
}
