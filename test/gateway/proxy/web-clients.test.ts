import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { setWebStage, type WebStage } from './web-stage'

const IRIS = { name: 'iris', path: '/iris/' }
const STAND_IN = { name: 'stand-in', path: '/stand-in/' }
const NEW_ONE = { name: 'new_one', path: '/new_one/' }

/** The names and paths in a reply, whose links lead to the web clients' origin. */
async function clientsIn(response: Response, { clientsOrigin }: TestMusakone) {
  const { origin, clients } = (await response.json()) as {
    origin: string
    clients: { name: string; path: string; url: string }[]
  }
  expect(origin).toBe(clientsOrigin)
  return clients.map(({ url, ...client }) => {
    expect(url).toBe(clientsOrigin + client.path)
    return client
  })
}

describe('the list of web clients', () => {
  let stage: WebStage
  beforeEach(async () => {
    stage = await setWebStage({ limits: { proxy: { webClientsAskMs: 300 } } })
  })
  afterEach(() => stage.stop())

  async function clients() {
    const response = await stage.musakone.request('/api/clients', { token: stage.tokens.guest })
    expect(response.status).toBe(200)
    return clientsIn(response, stage.musakone)
  }

  test('is what Mopidy lists, without its folder of art', async () => {
    expect(await clients()).toEqual([IRIS, STAND_IN])
  })

  test('is for who is signed in', async () => {
    const response = await stage.musakone.request('/api/clients')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: 'unauthorized' })
  })

  test('is kept for a while', async () => {
    await clients()
    const { asked } = stage.mopidy.list
    stage.mopidy.list.clients = ['new_one']
    for (let turn = 0; turn < 5; turn += 1) expect(await clients()).toEqual([IRIS, STAND_IN])
    await stage.musakone.requestClient('/new_one/', { token: stage.tokens.guest })
    expect(stage.mopidy.list.asked).toBe(asked)
  })

  test('is asked for again when it has grown old, once for all who wait', async () => {
    const limits = { proxy: { webClientsKeptMs: 150 } }
    const musakone = await startTestMusakone({ mopidyUrl: stage.mopidy.url, limits })
    await musakone.online()
    const token = await musakone.logIn()
    stage.mopidy.list.clients = ['new_one']
    await Bun.sleep(200)
    const { asked } = stage.mopidy.list
    const responses = await Promise.all(
      [1, 2, 3, 4].map(() => musakone.request('/api/clients', { token })),
    )
    for (const response of responses) expect(await clientsIn(response, musakone)).toEqual([NEW_ONE])
    expect(stage.mopidy.list.asked).toBe(asked + 1)
    await musakone.stop()
  })

  test('is asked for again when Mopidy comes back', async () => {
    expect(await clients()).toEqual([IRIS, STAND_IN])
    await stage.mopidy.goAway()
    const { mopidy } = stage.musakone.services
    await until(() => !mopidy.status().online, 'Mopidy to be missed')
    // What is known stays known.
    expect(await clients()).toEqual([IRIS, STAND_IN])
    stage.mopidy.list.clients = ['new_one']
    stage.mopidy.comeBack()
    await stage.musakone.online()
    expect(await clients()).toEqual([NEW_ONE])
    const { guest: token } = stage.tokens
    expect((await stage.musakone.requestClient('/new_one/', { token })).status).toBe(200)
    expect((await stage.musakone.requestClient('/iris/', { token })).status).toBe(404)
  })

  test('names nothing that could not be one', async () => {
    stage.mopidy.list.clients = [
      'api',
      'login',
      'mopidy',
      '..',
      '.hidden',
      '%2e%2e',
      'a b',
      'a/b',
      '//evil.example',
      'https://evil.example',
      'x&lt;',
      'good-one',
    ]
    const musakone = await startTestMusakone({ mopidyUrl: stage.mopidy.url })
    await musakone.online()
    const response = await musakone.request('/api/clients', { token: await musakone.logIn() })
    const good = [{ name: 'good-one', path: '/good-one/' }]
    expect(await clientsIn(response, musakone)).toEqual(good)
    await musakone.stop()
  })

  test('is 503 when Mopidy was never heard', async () => {
    const musakone = await startTestMusakone({ mopidyUrl: 'ws://127.0.0.1:9/mopidy/ws' })
    const token = await musakone.logIn()
    const response = await musakone.request('/api/clients', { token })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ error: 'mopidy_offline' })
    expect((await musakone.requestClient('/iris/', { token })).status).toBe(503)
    expect((await musakone.requestClient('/iris/')).status).toBe(401)
    const headers = { accept: 'text/html' }
    const page = await musakone.requestClient('/iris/', { headers, redirect: 'manual' })
    expect(page.headers.get('location')).toBe(`${musakone.origin}/login?next=%2Firis%2F`)
    expect((await musakone.request('/api/nope', { token })).status).toBe(404)
    await musakone.stop()
  })
})
