import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { BUDGETS } from '../../../src/gateway/relay/budgets'
import { manyUris } from '../../mopidy/large-add'
import { createStage } from '../../mopidy/stage'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { connectRaw, frame, upgradeRequest } from '../../support/raw-socket'
import { connectRpc } from '../../support/rpc-client'
import { startTestMusakone, until } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'

type Item = {
  id: number
  result?: unknown[]
  error?: { code: number; message: string; data: unknown }
}

const WHOLE = 'core.tracklist.get_tl_tracks'
const TRACKS = 3_000

const stage = createStage()
afterEach(stage.clear)

/** A guest before a queue of 3,000 tracks, about two megabytes. */
async function open() {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = stage.keep(await startTestMusakone({ databasePath }))
  await musakone.online()
  await addUser(databasePath, { username: 'guest', role: 'guest' })
  const outsider = await connectRpc(musakone.demo?.url ?? '')
  stage.keep({ stop: outsider.close })
  await outsider.call('core.tracklist.add', { uris: manyUris(TRACKS) })
  return { musakone, token: await musakone.logIn('guest'), admin: await musakone.logIn() }
}

const batch = (size: number) =>
  JSON.stringify(Array.from({ length: size }, (_, id) => ({ jsonrpc: '2.0', id, method: WHOLE })))

function expectSome(items: readonly Item[], size: number): void {
  expect(items.map(({ id }) => id)).toEqual(Array.from({ length: size }, (_, id) => id))
  const answered = items.filter(({ result }) => result !== undefined)
  expect(answered.length).toBeGreaterThan(1)
  for (const { result } of answered) expect(result).toHaveLength(TRACKS)
  expect(JSON.stringify(answered).length).toBeLessThan(BUDGETS.batch_answers.call * 1.2)
  for (const { error } of items.slice(answered.length))
    expect(error).toEqual({
      code: -32003,
      message: 'Too many bytes of answers to one batch: at most 8 MiB',
      data: { budget: 'batch_answers', most: 8 * 1024 * 1024 },
    })
}

test('B1 the answers to a batch are bounded before they are joined, by socket and over HTTP', async () => {
  const { musakone, token, admin } = await open()
  const url = musakone.socketUrl.replace('/ws', '/mopidy/ws')
  const client = await connectRpc(url, { headers: { authorization: `Bearer ${token}` } })
  stage.keep({ stop: client.close })
  client.send(batch(100))
  expectSome((await client.nextFrame()) as Item[], 100)
  const headers = { 'content-type': 'application/json' }
  const request = { token, method: 'POST', headers, body: batch(50) }
  expectSome((await (await musakone.request('/mopidy/rpc', request)).json()) as Item[], 50)

  const heldBack = await musakone.request('/api/budgets', { token: admin })
  expect(await heldBack.json()).toMatchObject({
    held_back: [{ who: 'guest', budget: 'batch_answers', says: 'bytes of answers to one batch' }],
  })
  expect((await musakone.request('/api/budgets', { token })).status).toBe(403)
  const metrics = await (await musakone.request('/metrics', { token: admin })).text()
  expect(metrics).toMatch(/musakone_budget_refusals_total\{budget="batch_answers"\} [1-9]/)
})

test('B1 one more request over HTTP than one person may have is refused with 429, and others are served', async () => {
  const { musakone, token, admin } = await open()
  musakone.demo?.faults.mute('core.library.browse')
  const browse = (uri: string, as = token) =>
    musakone.request('/mopidy/rpc', {
      token: as,
      json: { jsonrpc: '2.0', id: 1, method: 'core.library.browse', params: { uri } },
    })
  const most = BUDGETS.requests.person
  const all = Array.from({ length: most + 1 }, (_, index) => browse(`demo:${index}`))
  const refused = await Promise.race(all)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toEqual({
    error: 'too_many_requests',
    message: `Too many requests over HTTP at once: at most ${most} of one person.`,
  })
  const version = { jsonrpc: '2.0', id: 1, method: 'core.get_version' }
  const other = await musakone.request('/mopidy/rpc', { token: admin, json: version })
  expect(await other.json()).toMatchObject({ result: '3.4.1' })
  await musakone.demo?.restart()
  await Promise.all(all)
})

test('B9 long answers that a client does not read are bounded, and others are served', async () => {
  const { musakone, token, admin } = await open()
  const client = connectRaw(Number(new URL(musakone.origin).port))
  stage.keep({ stop: client.close })
  client.write(upgradeRequest(`/ws?token=${token}`))
  await client.head()
  client.pause()
  // Each has a different answer of about two megabytes.
  for (let id = 0; id < 30; id += 1)
    client.write(
      frame(
        JSON.stringify({
          type: 'mopidy',
          id,
          method: 'core.tracklist.slice',
          params: { start: 0, end: TRACKS - id },
        }),
      ),
    )
  const { budgets } = musakone.services.gateway
  await until(() => (budgets.refusals().get('answers') ?? 0) > 0, 'a refusal')
  const other = await connectOwn(`${musakone.socketUrl}?token=${admin}`)
  stage.keep({ stop: other.close })
  expect(await other.call(WHOLE)).toMatchObject({ type: 'mopidy_response' })
  client.close()
  // What waited for it is given back: the same person is served again.
  await until(() => musakone.services.gateway.connectionCount() === 1, 'it to be gone')
  const again = await connectOwn(`${musakone.socketUrl}?token=${token}`)
  stage.keep({ stop: again.close })
  for (let id = 0; id < 10; id += 1)
    expect(await again.call('core.tracklist.slice', { start: id, end: TRACKS })).toMatchObject({
      type: 'mopidy_response',
    })
})
