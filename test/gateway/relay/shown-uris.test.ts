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

  const track = (more: object) => ({ __model__: 'Track', uri: 'demo:x', name: 'X', ...more })
  const save = (more: object, trackMore: object = {}) => ({
    playlist: {
      __model__: 'Playlist',
      uri: 'm3u:bad.m3u8',
      name: 'Bad',
      tracks: [track(trackMore)],
      ...more,
    },
  })
  const CONTROL = 'must not have line breaks or other control characters'

  test.each<[string, object, string]>([
    ['core.playlists.save', save({}, { uri: `demo:x\n${INSIDE}` }), `tracks[0].uri ${CONTROL}`],
    ['core.playlists.save', save({}, { uri: `demo:x\r${INSIDE}` }), `tracks[0].uri ${CONTROL}`],
    ['core.playlists.save', save({}, { name: `X\n${INSIDE}` }), `tracks[0].name ${CONTROL}`],
    ['core.playlists.save', save({}, { name: `X\u2028${INSIDE}` }), `tracks[0].name ${CONTROL}`],
    ['core.playlists.save', save({}, { name: `X\u0085${INSIDE}` }), `tracks[0].name ${CONTROL}`],
    ['core.playlists.save', save({ name: `Bad\n${INSIDE}` }), `playlist.name ${CONTROL}`],
    ['core.playlists.save', save({ uri: `m3u:bad\n${INSIDE}` }), `playlist.uri ${CONTROL}`],
    ['core.playlists.create', { name: `Bad\n${INSIDE}` }, `name ${CONTROL}`],
    ['core.playlists.create', { name: 'Bad', uri_scheme: 'm3u\n' }, `uri_scheme ${CONTROL}`],
    ['core.playlists.lookup', { uri: `m3u:a\tb` }, `uri ${CONTROL}`],
    ['core.library.browse', { uri: 'fi\tle:///' }, `uri ${CONTROL}`],
    ['core.library.browse', { uri: 'fi\nle:///' }, `uri ${CONTROL}`],
    ['core.library.browse', { uri: '\u0000file:///' }, `uri ${CONTROL}`],
    ['core.library.browse', { uri: '\u007ffile:///' }, `uri ${CONTROL}`],
    ['core.library.browse', { uri: ' file:///' }, 'uri must not begin or end with a space'],
    ['core.library.browse', { uri: '\u00a0file:///' }, 'uri must not begin or end with a space'],
    ['core.library.lookup', { uris: ['demo:x '] }, 'uris[0] must not begin or end with a space'],
    ['core.tracklist.add', { uris: ['demo:x\u001b'] }, `uris[0] ${CONTROL}`],
    ['core.tracklist.add', { uris: ['ht\ttp://192.168.0.1/'] }, 'uris[0] must be a URI'],
  ])('B8 are not hidden behind a line break or a blank: %s %j', async (method, params, why) => {
    for (const socket of [member, admin]) {
      const before = musakone.demo?.received.length
      const { error } = await socket.call(method, params)
      expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(why) })
      expect(musakone.demo?.received.length).toBe(before ?? 0)
    }
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
