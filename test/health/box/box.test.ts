import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { startParty } from '../../accounts/party'
import { temporaryFolder } from '../../support/executable'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

type Finding = { check: string; mark: string; message: string; remedy?: string }
type Box = { first_start: boolean; findings: Finding[] }
type BackupList = {
  folder: string | null
  backups: { name: string; bytes: number; created_at: number }[]
}

describe('GET /api/box', () => {
  let party: Awaited<ReturnType<typeof startParty>>
  beforeAll(async () => {
    party = await startParty()
  })
  afterAll(() => party.musakone.stop())

  const look = async () => {
    const { musakone, token } = party
    const response = await musakone.request('/api/box', { token })
    expect(response.status).toBe(200)
    return (await response.json()) as Box
  }

  test('a box is at its first start until somebody is invited, even if that has ended', async () => {
    expect((await look()).first_start).toBe(true)
    const { id } = await party.invite()
    expect((await look()).first_start).toBe(false)
    await party.end(id)
    expect((await look()).first_start).toBe(false)
  })

  test('says that Mopidy is there, and what is wrong when it is not', async () => {
    const { musakone } = party
    await musakone.online()
    const mopidy = async () => (await look()).findings.find(({ check }) => check === 'mopidy')
    expect(await mopidy()).toMatchObject({ mark: 'ok', message: 'Mopidy 3.4.1 answers.' })
    const away = await startTestMusakone({
      mopidyUrl: 'ws://somebody:secret@127.0.0.1:1/mopidy/ws',
    })
    const token = await away.logIn()
    const text = await (await away.request('/api/box', { token })).text()
    await away.stop()
    const { findings } = JSON.parse(text) as Box
    expect(findings[0]).toMatchObject({ check: 'mopidy', mark: 'wrong' })
    expect(findings[0]?.message).toContain('Nothing answers at')
    expect(findings[0]?.remedy).toContain('systemctl status mopidy')
    expect(text).not.toContain('secret')
  })

  test('names what of Mopidy listens to the network, and not what keeps to itself', async () => {
    const doors = async () => (await look()).findings.filter(({ check }) => check === 'front door')
    const server = createServer()
    const listen = (host: string) =>
      new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(6600, host, () => resolve(true))
      })
    // Another program on this machine may have the port.
    if (!(await listen('0.0.0.0'))) return
    expect(await doors()).toContainEqual(
      expect.objectContaining({
        mark: 'wrong',
        message:
          "Mopidy's MPD server listens on 0.0.0.0:6600: whoever reaches it gets past musakone.",
      }),
    )
    await new Promise((resolve) => server.close(resolve))
    await listen('127.0.0.1')
    expect(JSON.stringify(await doors())).not.toContain('6600')
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('backups over HTTP', () => {
  const running: TestMusakone[] = []
  afterEach(async () => {
    for (const musakone of running.splice(0)) await musakone.stop()
  })

  async function start(databasePath?: string) {
    const musakone = await startTestMusakone(databasePath === undefined ? {} : { databasePath })
    running.push(musakone)
    const token = await musakone.logIn()
    const list = async () =>
      (await (await musakone.request('/api/backups', { token })).json()) as BackupList
    const make = () => musakone.request('/api/backups', { token, method: 'POST' })
    return { musakone, list, make }
  }

  test('P8 makes one beside the nightly ones, 0600, and removes none of them', async () => {
    const databasePath = join(temporaryFolder(), 'musakone.db')
    const folder = join(dirname(databasePath), 'backups')
    const { list, make } = await start(databasePath)
    expect(await list()).toEqual({ folder, backups: [] })
    mkdirSync(folder)
    const nightly = Array.from({ length: 20 }, (_, day) => {
      const date = String(day + 1).padStart(2, '0')
      const name = `musakone-2026-01-${date}T04-30-00Z.db`
      writeFileSync(join(folder, name), 'nightly')
      utimesSync(join(folder, name), 1_767_000_000 + day, 1_767_000_000 + day)
      return name
    })
    writeFileSync(join(folder, 'something-else.txt'), 'mine')
    const response = await make()
    expect(response.status).toBe(201)
    const made = (await response.json()) as BackupList['backups'][number]
    expect(statSync(join(folder, made.name)).mode & 0o777).toBe(0o600)
    expect(made.bytes).toBe(statSync(join(folder, made.name)).size)
    expect(Math.abs(made.created_at - Date.now() / 1_000)).toBeLessThan(60)
    const { backups } = await list()
    expect(backups.map(({ name }) => name)).toEqual([made.name, ...nightly.toReversed()])
    expect(backups[1]).toEqual({
      name: 'musakone-2026-01-20T04-30-00Z.db',
      bytes: 7,
      created_at: 1_767_000_019,
    })
    // The backup has left no draft.
    expect(readdirSync(folder).length).toBe(22)
  })

  test('two who ask at once get the same one', async () => {
    const { make, list } = await start(join(temporaryFolder(), 'musakone.db'))
    const made = await Promise.all([make(), make()])
    const [one, other] = await Promise.all(made.map((response) => response.json()))
    expect(one).toEqual(other)
    expect((await list()).backups.length).toBe(1)
  })

  test('A15 what is in the way is in the log, and not in the answer', async () => {
    const databasePath = join(temporaryFolder(), 'musakone.db')
    const { make } = await start(databasePath)
    // A file has the name of the folder.
    writeFileSync(join(dirname(databasePath), 'backups'), '')
    const response = await make()
    expect([response.status, await response.json()]).toEqual([
      503,
      { error: 'unavailable', message: 'The backup could not be made; the log says why.' },
    ])
  })

  test('where everything is in memory there is nothing to back up', async () => {
    const { list, make } = await start()
    expect(await list()).toEqual({ folder: null, backups: [] })
    const response = await make()
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      404,
      'not_found',
    ])
  })
})
