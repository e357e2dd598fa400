import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { type RunningExecutable, temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

const ROUNDS = 5
/** Milliseconds before the kill from which an answered action must be on the disk: four flush intervals. */
const FLUSHED_MS = 1_000

/** Logs in and calls without a pause until the process has died; returns the answered calls with their times. */
function keepWriting(musakone: RunningExecutable, token: string) {
  const tokens: string[] = []
  const actedAt: number[] = []
  let gone = false
  const logIns = async () => {
    while (!gone) tokens.push(await musakone.logIn())
  }
  const actions = async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    while (!gone) {
      await client.call('core.tracklist.set_repeat', { value: actedAt.length % 2 === 0 })
      actedAt.push(performance.now())
    }
  }
  const ended = Promise.allSettled([logIns(), logIns(), actions()])
  return {
    tokens,
    actedAt,
    async end() {
      gone = true
      await ended
    },
  }
}

test('P1 kill -9 while writing: no acknowledged login is lost, the database is intact', async () => {
  const mopidy = await startDemoMopidy()
  const path = join(temporaryFolder(), 'data/musakone.db')
  const tokens: string[] = []
  let actions = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const musakone = await start({ MOPIDY_URL: mopidy.url, DATABASE_PATH: path })
    const first = await musakone.logIn()
    await online(musakone)
    const writing = keepWriting(musakone, first)
    const flushed = () => {
      const limit = performance.now() - FLUSHED_MS
      return writing.actedAt.filter((at) => at < limit).length
    }
    await until(() => flushed() >= 20 && writing.tokens.length >= 5, 'writes', 30_000)
    actions += flushed()
    await musakone.stop('SIGKILL')
    await writing.end()
    tokens.push(first, ...writing.tokens)

    const again = await start({ MOPIDY_URL: mopidy.url, DATABASE_PATH: path })
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}` }
      const me = await fetch(`${again.origin}/api/auth/me`, { headers })
      expect(me.status).toBe(200)
      await me.body?.cancel()
    }
    const file = new Database(path, { readonly: true })
    expect(file.query('PRAGMA integrity_check').values()).toEqual([['ok']])
    expect(file.query('PRAGMA foreign_key_check').values()).toEqual([])
    const [[rows]] = file.query('SELECT COUNT(*) FROM user_actions').values() as [[number]]
    expect(rows).toBeGreaterThanOrEqual(actions)
    actions = rows
    file.close()
    expect(await again.stop()).toBe(0)
  }
  await mopidy.stop()
})
