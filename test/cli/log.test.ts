import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { runExecutable, temporaryFolder } from '../support/executable'
import { until } from '../support/test-musakone'
import { withRows } from '../support/user-rows'
import { endAll, launch } from './launch'

afterAll(endAll)

/** The whole output of the executable, from start to stop, on a terminal that claims colours. */
async function outputOf(variables: Record<string, string>): Promise<string> {
  const child = launch({ TERM: 'xterm-256color', COLORTERM: 'truecolor', ...variables })
  let output = ''
  const reading = (async () => {
    for await (const chunk of child.stdout) output += new TextDecoder().decode(chunk)
  })()
  await until(() => output.includes('is listening'), 'it to listen')
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  await reading
  return output
}

describe('the log of the executable', () => {
  test.each([{}, { FORCE_COLOR: '1' }])(
    'json: an object a line, no colours, given %p',
    async (more) => {
      const output = await outputOf({ LOG_FORMAT: 'json', ...more })
      expect(output).not.toContain('\x1b')
      expect(output).toEndWith('\n')
      const lines = output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines.length).toBeGreaterThanOrEqual(4)
      expect(lines.map(({ msg }) => msg)).toContain('musakone has stopped')
      for (const line of lines)
        expect(line).toMatchObject({
          level: expect.any(Number),
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          msg: expect.any(String),
        })
    },
  )

  test('T2 names the keys that got an end at an upgrade, at each start while they last', async () => {
    const path = join(temporaryFolder(), 'musakone.db')
    const variables = { DATABASE_PATH: path, LOG_FORMAT: 'json' }
    expect(await outputOf(variables)).not.toContain('since an upgrade')
    withRows(path, (rows) => {
      for (const [id, name, end] of [
        [71, 'nightly', 4_000_000_000],
        [72, 'gone', 1],
      ] as const) {
        rows.run(
          `INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, last_seen, kind, name)
           VALUES (?, 1, ?, ?, 1, 1, 'key', ?)`,
          [id, `hash ${id}`, end, name],
        )
        rows.run(
          `INSERT INTO security_events (event_type, subject_id, details, timestamp)
           VALUES ('key_limited', 1, json_object('key', ?, 'name', ?), unixepoch())`,
          [id, name],
        )
      }
    })
    const lines = (await outputOf(variables)).split('\n').filter((line) => line.includes('upgrade'))
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, key: 'nightly', owner: 'admin', ends: '2096-10-02T07:06:40.000Z' },
    ])
  })

  test('json is the default where nobody looks', async () => {
    expect(await outputOf({})).toMatch(/^\{"level":/)
  })

  test('journal: the same behind the priority by which journald files it', async () => {
    const output = await outputOf({ LOG_FORMAT: 'journal' })
    const lines = output.trimEnd().split('\n')
    const priorities: Record<number, string> = { 30: '6', 40: '4', 50: '3', 60: '2' }
    for (const line of lines) {
      const [, priority, json = ''] = /^<(\d)>(\{.*\})$/.exec(line) ?? []
      const { level } = JSON.parse(json)
      expect(priority).toBe(priorities[level])
    }
    // The warning about the password, and the line that names the port.
    expect(output).toMatch(/^<4>.*log in as admin/m)
    expect(output).toMatch(/^<6>.*is listening/m)
  })

  test('pretty: sentences with a time and a level', async () => {
    const output = await outputOf({ LOG_FORMAT: 'pretty' })
    const plain = Bun.stripANSI(output)
    expect(plain).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: musakone is listening$/m)
    expect(plain).toMatch(/^ +port: \d+$/m)
    expect(plain).not.toContain('{"level"')
  })

  test('a silent log does not swallow why it did not start', async () => {
    const { exitCode, stderr } = await runExecutable([], { PORT: 'abc', LOG_LEVEL: 'silent' })
    expect(exitCode).toBe(78)
    expect(stderr).toContain('PORT')
  })
})
