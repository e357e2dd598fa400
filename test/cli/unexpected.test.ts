import { afterAll, describe, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import type { Subprocess } from 'bun'
import { temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'

const PROGRAM = resolve(import.meta.dir, '../../src/main.ts')

const started = new Set<Subprocess>()
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

/** Runs the program from its sources with a preloaded fault: SIGUSR2 makes it throw. */
async function startWith(mistake: string) {
  const cwd = temporaryFolder()
  const preload = join(cwd, 'mistake.ts')
  await Bun.write(preload, `process.on('SIGUSR2', () => { ${mistake} })\n`)
  const child = Bun.spawn([process.execPath, '--preload', preload, PROGRAM, 'serve'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', PORT: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let output = ''
  const reading = (async () => {
    for await (const chunk of child.stdout) output += new TextDecoder().decode(chunk)
  })()
  const lines = (): { level: number; msg: string; port?: number; err?: { stack: string } }[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const listening = () => lines().find(({ msg }) => msg === 'musakone is listening')
  await until(() => listening() !== undefined, 'it to listen')
  return { child, lines, port: listening()?.port ?? 0, ended: () => reading }
}

/** A WebSocket on which the admin is signed in. */
async function openSocket(port: number) {
  const login = await fetch(`http://127.0.0.1:${port}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: 'admin' }),
  })
  const { token } = (await login.json()) as { token: string }
  return connectOwn(`ws://127.0.0.1:${port}/ws?token=${token}`)
}

describe('P12 what nobody expected', () => {
  test.each([
    ['thrown in a timer', "setTimeout(() => { throw new Error('thrown in a timer') })"],
    ['rejected and not caught', "void Promise.reject(new Error('rejected and not caught'))"],
  ])('%s: said once with its stack, ended in order, code 70', async (message, mistake) => {
    const { child, lines, port, ended } = await startWith(mistake)
    const socket = await openSocket(port)
    child.kill('SIGUSR2')
    expect(await child.exited).toBe(70)
    await ended()
    expect((await socket.closed).code).toBe(1001)
    const told = lines().filter(({ level }) => level >= 50)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ level: 60, msg: 'unexpected error' })
    expect(told[0]?.err?.stack).toContain(message)
    expect(told[0]?.err?.stack).toContain('mistake.ts')
    expect(lines().at(-1)?.msg).toBe('musakone has stopped')
  })
})
