import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Permission } from '../../../src/accounts/roles/permissions'
import { type MethodName, methods } from '../../../src/mopidy/methods'
import { EXAMPLES, type Params } from '../../mopidy/calls/call-examples'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRpc } from '../../support/rpc-client'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'
import { connectWeb } from '../proxy/web-socket'
import { setWebStage, type WebStage } from '../proxy/web-stage'

describe('A12 a call that the role may not make', () => {
  let musakone: TestMusakone
  let token: string
  let guest: OwnSocket
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    await musakone.services.accounts.administration.create(
      { by: 'the test' },
      { username: 'guest', role: 'guest', password: 'correct horse battery' },
    )
    token = await musakone.logIn('guest')
    guest = await connectOwn(`${musakone.socketUrl}?token=${token}`)
  })
  afterAll(() => musakone.stop())
  afterEach(() => musakone.services.accounts.roles.reset('guest', {}))

  const paramsOf = (name: string): Params => EXAMPLES[name as keyof typeof EXAMPLES][0] as Params

  test.each([
    ['core.playback.next', 'A guest may not skip.'],
    ['core.playback.pause', 'A guest may not pause.'],
    ['core.playback.play', 'A guest may not start the music.'],
    ['core.playback.seek', 'A guest may not jump within a track.'],
    ['core.mixer.set_volume', 'A guest may not change the volume.'],
    ['core.mixer.set_mute', 'A guest may not mute the sound.'],
    ['core.tracklist.clear', 'A guest may not clear the queue.'],
    ['core.tracklist.remove', 'A guest may not take tracks out of the queue.'],
    ['core.tracklist.set_random', 'A guest may not change how the queue is played.'],
    ['core.playlists.save', 'A guest may not save playlists.'],
    ['core.library.refresh', 'A guest may not refresh the library.'],
  ])('%s: %s', async (method, message) => {
    const needs = methods[method as MethodName].need
    const error = { code: -32002, message, data: { method, needs } }
    expect(await guest.call(method, paramsOf(method))).toMatchObject({
      type: 'mopidy_error',
      error,
    })
  })

  test('is refused in the same words in every dialect', async () => {
    const refusal = {
      code: -32002,
      message: 'A guest may not skip.',
      data: { method: 'core.playback.next', needs: 'playback' },
    }
    const rpc = await connectRpc(`${musakone.origin.replace('http', 'ws')}/mopidy/ws`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(rpc.call('core.playback.next')).rejects.toMatchObject(refusal)
    const call = { jsonrpc: '2.0', id: 1, method: 'core.playback.next' }
    const read = { jsonrpc: '2.0', id: 2, method: 'core.get_version' }
    rpc.send(JSON.stringify([call, read]))
    const answers = [
      { id: 1, error: refusal },
      { id: 2, result: '3.4.1' },
    ]
    expect(await rpc.nextFrame()).toMatchObject(answers)
    const overHttp = await musakone.request('/mopidy/rpc', { token, json: [call, read] })
    expect(await overHttp.json()).toMatchObject(answers)
    await rpc.close()
  })

  test('a notification is not obeyed either', async () => {
    musakone.demo?.received.splice(0)
    const json = { jsonrpc: '2.0', method: 'core.mixer.set_volume', params: [7] }
    const response = await musakone.request('/mopidy/rpc', { token, json })
    expect(await response.text()).toBe('')
    expect(musakone.demo?.received).toEqual([])
  })

  test('nobody, not even an admin, may have Mopidy announce a state', async () => {
    const admin = await connectOwn(`${musakone.socketUrl}?token=${await musakone.logIn()}`)
    expect(await admin.call('core.playback.set_state', { new_state: 'playing' })).toMatchObject({
      error: { code: -32002 },
    })
    admin.close()
  })

  const GROUPS: readonly Permission[] = [
    'browse',
    'queue.add',
    'playback',
    'volume',
    'options',
    'queue.edit',
    'playlists',
    'playlists.save',
    'library.refresh',
  ]

  test.each(GROUPS)('%s opens the methods that need it, and no other', async (permission) => {
    musakone.services.accounts.roles.change('guest', { permissions: ['see', permission] }, {})
    for (const name of Object.keys(EXAMPLES)) {
      const { need, breaksMopidy3 } = methods[name as MethodName]
      const { error } = (await guest.call(name, paramsOf(name))) as {
        error?: { code: number; data?: { needs?: string } }
      }
      const refused = error?.code === -32002 && !(breaksMopidy3 && error.data === undefined)
      expect(refused, name).toBe(need !== 'see' && need !== permission)
    }
  })
})

describe('A12 the pages and sockets of web clients', () => {
  let stage: WebStage
  beforeAll(async () => {
    stage = await setWebStage()
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.musakone.services.accounts.roles.reset('guest', {}))

  const give = (...permissions: Permission[]) =>
    stage.musakone.services.accounts.roles.change('guest', { permissions }, {})

  test('an open socket follows a change of the rules with its next call', async () => {
    const url = `${stage.musakone.clientsOrigin.replace('http', 'ws')}/iris/ws`
    const headers = { authorization: `Bearer ${stage.tokens.guest}` }
    const iris = await connectWeb(url, { headers })
    const refused = async (method: string) => {
      stage.mopidy.heard.splice(0)
      iris.send({ jsonrpc: '2.0', id: 1, method, params: {} })
      // A call that anybody may make, after the one in question.
      iris.send({ jsonrpc: '2.0', id: 2, method: 'none', params: {} })
      const { id, error } = JSON.parse(String(await iris.next()))
      if (id === 2) return undefined
      await iris.next()
      return error.message
    }
    expect(await refused('add_queue_metadata')).toBeUndefined()
    expect(await refused('set_pinned')).toBe('A guest may not change playlists.')
    give('see', 'playlists')
    expect(await refused('add_queue_metadata')).toBe('A guest may not add to the queue.')
    expect(await refused('set_pinned')).toBeUndefined()
    expect(await refused('restart')).toBe('A guest may not do this.')
    iris.socket.close()
    await iris.closed
  })

  test('a page follows it with the next request', async () => {
    const lyrics = async () => {
      const path = '/iris/http/get_lyrics?path=/song&connection_id=a'
      return (await stage.musakone.requestClient(path, { token: stage.tokens.guest })).status
    }
    expect(await lyrics()).not.toBe(403)
    give('see', 'queue.add')
    expect(await lyrics()).toBe(403)
    give('see', 'browse')
    expect(await lyrics()).not.toBe(403)
  })
})
