import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Roles } from '../../../src/accounts/roles/roles'
import { createShownUris } from '../../../src/gateway/relay/shown-uris'
import { done, signIn } from '../../actions/recorded'
import { temporaryFolder } from '../../support/executable'
import type { OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'

const INSIDE = 'http://192.168.0.1/reboot'
const RADIO = 'http://radio.example/live?q=ä'

describe('A16 addresses that Mopidy would fetch', () => {
  let musakone: TestMusakone
  let guest: OwnSocket
  let member: OwnSocket
  let admin: OwnSocket
  beforeAll(async () => {
    const databasePath = join(temporaryFolder(), 'musakone.db')
    musakone = await startTestMusakone({ databasePath })
    await musakone.online()
    await addUser(databasePath, { username: 'gast', role: 'guest' })
    await addUser(databasePath, { username: 'mia', role: 'member' })
    guest = await signIn(musakone, await musakone.logIn('gast'))
    member = await signIn(musakone, await musakone.logIn('mia'))
    admin = await signIn(musakone, await musakone.logIn())
  })
  afterAll(async () => {
    for (const socket of [guest, member, admin]) socket.close()
    await musakone.stop()
  })

  const sentWith = (text: string) => musakone.demo?.received.filter((frame) => frame.includes(text))

  test.each([
    ['core.tracklist.add', { uris: ['demo:x', INSIDE] }],
    ['core.tracklist.add', { uris: ['file:///etc/passwd'] }],
    ['core.tracklist.add', { uris: ['FILE:/etc/passwd'] }],
    ['core.tracklist.add', { uris: ['rtsp://192.168.0.1/'] }],
    ['core.tracklist.add', { uris: ['podcast+http://192.168.0.1/'] }],
    ['core.library.lookup', { uris: [INSIDE] }],
    ['core.library.get_images', { uris: [INSIDE] }],
    ['core.library.browse', { uri: 'file:///etc' }],
    ['core.library.search', { query: { any: ['a'] }, uris: [INSIDE] }],
    ['core.playlists.get_items', { uri: 'file:///etc/passwd' }],
    ['core.playlists.lookup', { uri: INSIDE }],
  ])('are refused to guests and members who made them up: %s %j', async (method, params) => {
    for (const socket of [guest, member]) {
      const before = musakone.demo?.received.length
      const { type, error } = await socket.call(method, params)
      expect(type).toBe('mopidy_error')
      expect(error).toMatchObject({ code: -32002, data: { needs: 'uris.any' } })
      expect(musakone.demo?.received.length).toBe(before ?? 0)
    }
  })

  test('are refused in a playlist too, and over HTTP', async () => {
    const track = (uri: string) => ({ __model__: 'Track', uri })
    const playlist = {
      __model__: 'Playlist',
      uri: 'm3u:bad.m3u8',
      name: 'Bad',
      tracks: [track(INSIDE)],
    }
    expect(await member.call('core.playlists.save', { playlist })).toMatchObject({
      error: { code: -32002 },
    })
    const reply = await musakone.request('/mopidy/rpc', {
      token: await musakone.logIn('mia'),
      json: { jsonrpc: '2.0', id: 1, method: 'core.library.lookup', params: [[INSIDE]] },
    })
    expect(await reply.json()).toMatchObject({ error: { code: -32002 } })
    expect(sentWith('192.168.0.1')).toEqual([])
  })

  test('may be used once a playlist has shown them, and by admins', async () => {
    await done(admin, 'core.library.lookup', { uris: [INSIDE] })
    expect(sentWith('192.168.0.1')).toHaveLength(1)
    const made = await done<{ uri: string }>(admin, 'core.playlists.create', { name: 'Radio' })
    const playlist = {
      __model__: 'Playlist',
      uri: made.uri,
      name: 'Radio',
      tracks: [{ __model__: 'Track', uri: RADIO, name: 'Live' }],
    }
    await done(admin, 'core.playlists.save', { playlist })
    // What an admin has looked up, and Mopidy has not found, has not been shown.
    expect(await member.call('core.library.lookup', { uris: [INSIDE] })).toMatchObject({
      error: { code: -32002 },
    })
    const items = await done<{ uri: string }[]>(guest, 'core.playlists.get_items', {
      uri: made.uri,
    })
    expect(items.map(({ uri }) => uri)).toEqual([RADIO])
    expect(await done<object>(member, 'core.library.lookup', { uris: [RADIO] })).toBeDefined()
  })

  test('may be used by a role that has been allowed to', async () => {
    const token = await musakone.logIn()
    const { permissions } = (await (
      await musakone.request('/api/auth/me', { token: await musakone.logIn('mia') })
    ).json()) as { permissions: string[] }
    const allow = (list: string[]) =>
      musakone.request('/api/roles/member', {
        method: 'PATCH',
        token,
        json: { permissions: list },
      })
    expect((await allow([...permissions, 'uris.any'])).status).toBe(200)
    expect(await done<object>(member, 'core.library.lookup', { uris: [INSIDE] })).toBeDefined()
    expect((await allow(permissions)).status).toBe(200)
    expect(await member.call('core.library.lookup', { uris: [INSIDE] })).toMatchObject({
      error: { code: -32002 },
    })
  })
})

test('a kept answer is looked through once, however often it is given', () => {
  const { note } = createShownUris({ roles: {} as Roles })
  let looks = 0
  const answer = {
    result: null,
    get resultText() {
      looks += 1
      return '{"uri": "local:track:a.ogg"}'
    },
  }
  note(answer)
  const once = looks
  for (let time = 0; time < 5; time += 1) note(answer)
  expect(looks).toBe(once)
})
