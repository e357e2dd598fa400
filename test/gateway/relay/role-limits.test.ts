import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { RoleLimits } from '../../../src/accounts/roles/limits'
import type { Role } from '../../../src/accounts/roles/role'
import { temporaryFolder } from '../../support/executable'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { connectRpc } from '../../support/rpc-client'
import {
  fixedClock,
  startTestMusakone,
  type TestMusakone,
  until,
} from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'

const ALBUM = 'demo:album:the-kettle-hymnal'
const STREAM = 'demo:stream:radio'
const ADD = 'core.tracklist.add'
const track = (number: number) => `demo:track:the-kettle-hymnal:0${number}`
const tracks = (count: number) => Array.from({ length: count }, (_, index) => track(index + 1))

describe('the limits of a role', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const clock = fixedClock()
  const open: OwnSocket[] = []
  let musakone: TestMusakone
  let admin: OwnSocket
  let guest: OwnSocket
  let guestId: number
  let guests = 0
  beforeAll(async () => {
    musakone = await startTestMusakone({
      databasePath,
      clock,
      demo: { lengthMs: 200_000 },
      limits: { mopidy: { libraryCallMs: 1_000, libraryRestMs: 0 } },
    })
    await musakone.online()
    admin = await signedIn('admin')
    open.pop()
  })
  afterAll(() => musakone.stop())
  beforeEach(async () => {
    guests += 1
    // Beyond what the mirror keeps of lookups.
    clock.advance(60_000)
    guestId = await addUser(databasePath, { username: `guest-${guests}`, role: 'guest' })
    guest = await signedIn(`guest-${guests}`)
    await admin.call('core.tracklist.clear')
    limit('guest', NONE)
    musakone.demo?.received.splice(0)
  })
  afterEach(() => {
    musakone.demo?.faults.delay(0)
    musakone.demo?.faults.mute(null)
    for (const socket of open.splice(0)) socket.close()
  })

  async function signedIn(username: string): Promise<OwnSocket> {
    const token = await musakone.logIn(username)
    const socket = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    open.push(socket)
    return socket
  }

  const NONE: RoleLimits = {
    max_queued: null,
    adds_per_minute: null,
    longest_track_ms: null,
    volume_ceiling: null,
    uri_schemes: null,
    import_rows_per_day: null,
    import_mib_per_day: null,
  }
  const limit = (role: Role, limits: Partial<RoleLimits>) =>
    musakone.services.accounts.roles.change(role, { limits }, {})
  const add = (uris: readonly string[], socket = guest) => socket.call(ADD, { uris })
  const refused = (message: string, data: object) => ({
    type: 'mopidy_error',
    error: { code: -32002, message, data },
  })
  const queued = async () => (await admin.call('core.tracklist.get_length')).result
  const added = (count: number) => ({
    type: 'mopidy_response',
    result: Array(count).fill(expect.anything()),
  })

  describe('max_queued', () => {
    beforeEach(() => limit('guest', { max_queued: 3 }))

    test('is refused wholly, in a sentence that says how many there may be', async () => {
      expect(await add(tracks(2))).toMatchObject(added(2))
      expect(await add(tracks(2))).toMatchObject(
        refused('Guests may have 3 tracks in the queue at once; you have 2 and these are 2 more.', {
          limit: 'max_queued',
          most: 3,
          queued: 2,
          left: 1,
          asked: 2,
        }),
      )
      expect(await queued()).toBe(2)
      expect(await add(tracks(1))).toMatchObject(added(1))
      expect(await add(tracks(1))).toMatchObject(
        refused('Guests may have 3 tracks in the queue at once; you have 3.', { left: 0 }),
      )
      expect(await queued()).toBe(3)
    })

    test('counts what an album brings, and a track given twice as two', async () => {
      expect(await add([ALBUM])).toMatchObject(
        refused('Guests may have 3 tracks in the queue at once; these are 8.', { asked: 8 }),
      )
      expect(await add([track(1), track(1), track(1), track(1)])).toMatchObject(
        refused('Guests may have 3 tracks in the queue at once; these are 4.', { asked: 4 }),
      )
      expect(await add([track(1), track(1), track(1)])).toMatchObject(added(3))
    })

    test('does not count what has left the queue, by whomever, and what others queued', async () => {
      await add(tracks(5), admin)
      const { result } = await add(tracks(3))
      const [first, second] = (result as { tlid: number }[]).map(({ tlid }) => tlid)
      await admin.call('core.tracklist.remove', { criteria: { tlid: [first, second] } })
      expect(await add(tracks(3))).toMatchObject(refused(expect.any(String) as never, { left: 2 }))
      expect(await add(tracks(2))).toMatchObject(added(2))
      await admin.call('core.tracklist.clear')
      expect(await add(tracks(3))).toMatchObject(added(3))
    })

    test('a track that was played and consumed counts no longer', async () => {
      await admin.call('core.tracklist.set_consume', { value: true })
      await add(tracks(3))
      await admin.call('core.playback.play')
      await admin.call('core.playback.next')
      await admin.call('core.tracklist.set_consume', { value: false })
      expect(await add(tracks(1))).toMatchObject(added(1))
      expect(await add(tracks(1))).toMatchObject(refused(expect.any(String) as never, { left: 0 }))
      await admin.call('core.playback.stop')
    })

    test('two adds at once do not pass together, also from different sockets', async () => {
      const other = await signedIn(`guest-${guests}`)
      for (const [one, two] of [
        [guest, other],
        [guest, guest],
      ] as const) {
        await admin.call('core.tracklist.clear')
        musakone.demo?.faults.delay(30, ADD)
        const answers = await Promise.all([add(tracks(2), one), add(tracks(2), two)])
        expect(answers.map(({ type }) => type).sort()).toEqual(['mopidy_error', 'mopidy_response'])
        musakone.demo?.faults.delay(0)
        expect(await queued()).toBe(2)
      }
    })

    test('an add that Mopidy refuses gives its room back', async () => {
      musakone.demo?.faults.mute(ADD)
      const client = await startTestMusakone({
        mopidyUrl: musakone.demo?.url ?? '',
        limits: { mopidy: { callMs: 100 } },
      })
      try {
        await client.online()
        client.services.accounts.roles.change('member', { limits: { max_queued: 3 } }, {})
        await client.services.accounts.administration.create(
          { by: 'the test' },
          { username: 'someone', role: 'member', password: 'correct horse battery' },
        )
        const someone = await connectOwn(
          `${client.socketUrl}?token=${await client.logIn('someone')}`,
        )
        expect(await add(tracks(3), someone)).toMatchObject({ error: { code: -32001 } })
        musakone.demo?.faults.mute(null)
        expect(await add(tracks(3), someone)).toMatchObject(added(3))
        someone.close()
      } finally {
        await client.stop()
      }
    })

    test('what the library does not know is left out, and counts nothing', async () => {
      expect(await add(['demo:track:none:1', track(1)])).toMatchObject(added(1))
      expect(sent(ADD).at(-1)).toEqual({ uris: [track(1)] })
      expect(await add(['demo:track:none:1'])).toMatchObject(added(0))
    })

    test('more URIs than may ever be are refused without Mopidy reading a file', async () => {
      expect(await add(Array(1_000).fill(track(1)))).toMatchObject(
        refused(expect.any(String) as never, { asked: 1_000 }),
      )
      expect(sent('core.library.lookup')).toEqual([])
    })

    test('a read sent after an add on the same socket waits for it, and shows it', async () => {
      musakone.demo?.faults.delay(30, 'core.library.lookup')
      const [, length, second] = await Promise.all([
        add(tracks(2)),
        guest.call('core.tracklist.get_length'),
        add(tracks(1)),
      ])
      expect(length.result).toBe(2)
      expect(second).toMatchObject(added(1))
    })

    test('others do not wait for what a guest has looked up', async () => {
      musakone.demo?.faults.mute('core.library.lookup')
      const adding = add(tracks(1))
      await until(() => sent('core.library.lookup').length === 1, 'the lookup')
      expect(await add(tracks(1), admin)).toMatchObject(added(1))
      expect(await admin.call('core.tracklist.get_length')).toMatchObject({ result: 1 })
      await adding
    })
  })

  describe('adds_per_minute', () => {
    beforeEach(() => limit('guest', { adds_per_minute: 5 }))

    test('counts the tracks that a user added in the last 60 s', async () => {
      expect(await add(tracks(3))).toMatchObject(added(3))
      clock.advance(20_000)
      expect(await add(tracks(2))).toMatchObject(added(2))
      expect(await add(tracks(1))).toMatchObject(
        refused('Guests may add 5 tracks a minute; try again in 40 seconds.', {
          limit: 'adds_per_minute',
          most: 5,
          asked: 1,
          retry_after_s: 40,
        }),
      )
      clock.advance(39_999)
      expect(await add(tracks(1))).toMatchObject({ type: 'mopidy_error' })
      clock.advance(1)
      expect(await add(tracks(3))).toMatchObject(added(3))
      expect(await add(tracks(6))).toMatchObject(
        refused('Guests may add 5 tracks a minute; these are 6.', { asked: 6 }),
      )
    })

    test('all sockets of the user together, in each dialect and over HTTP', async () => {
      const token = await musakone.logIn(`guest-${guests}`)
      const rpc = await connectRpc(`${musakone.origin.replace('http', 'ws')}/mopidy/ws`, {
        headers: { authorization: `Bearer ${token}` },
      })
      const overHttp = async (...calls: object[]) => {
        const json = calls.map((params, id) => ({ jsonrpc: '2.0', id, method: ADD, params }))
        const response = await musakone.request('/mopidy/rpc', { token, json })
        return (await response.json()) as { error?: object }[]
      }
      expect(await add(tracks(1))).toMatchObject(added(1))
      expect(await rpc.call(ADD, { uris: tracks(1) })).toHaveLength(1)
      expect(await rpc.call(ADD, [null, null, tracks(1)])).toHaveLength(1)
      const [first, second] = await overHttp({ uris: tracks(2) }, { uris: tracks(1) })
      expect(first).toMatchObject({ result: added(2).result })
      expect(second).toMatchObject({ error: { code: -32002 } })
      expect(rpc.call(ADD, { uris: tracks(1) })).rejects.toMatchObject({
        code: -32002,
        message: 'Guests may add 5 tracks a minute; try again in 1 minute.',
      })
      expect(await add(tracks(1))).toMatchObject({ error: { code: -32002 } })
      expect(await queued()).toBe(5)
      await rpc.close()
    })
  })

  describe('longest_track_ms', () => {
    beforeEach(() => limit('guest', { longest_track_ms: 200_000 }))

    test('a longer one is refused by name, also within an album', async () => {
      expect(await add([ALBUM])).toMatchObject(added(8))
      limit('guest', { longest_track_ms: 199_999 })
      const message =
        'Guests may add tracks of up to 3 minutes 20 seconds; “The Bread Is Rising” lasts 3 minutes 20 seconds.'
      expect(await add([ALBUM])).toMatchObject(
        refused(message, { limit: 'longest_track_ms', most: 199_999, length_ms: 200_000 }),
      )
      expect(await queued()).toBe(8)
    })

    test('a stream, which never ends, is refused', async () => {
      expect(await add([track(1), STREAM])).toMatchObject(
        refused(expect.stringContaining('has no known length') as never, { length_ms: null }),
      )
      limit('guest', { longest_track_ms: null })
      expect(await add([STREAM])).toMatchObject(added(1))
    })

    test('a lookup that fails is refused rather than guessed', async () => {
      musakone.demo?.faults.mute('core.library.lookup')
      expect(await add([track(7)])).toMatchObject({
        error: { code: -32001, message: 'Mopidy did not answer in time' },
      })
      expect(sent(ADD)).toEqual([])
      musakone.demo?.faults.mute(null)
      expect(await add([track(7)])).toMatchObject(added(1))
    })

    test('one lookup serves all who ask at the same time', async () => {
      musakone.demo?.faults.delay(30, 'core.library.lookup')
      const other = await signedIn(`guest-${guests}`)
      await Promise.all([add([track(6)]), add([track(6)], other)])
      expect(sent('core.library.lookup')).toEqual([{ uris: [track(6)] }])
    })
  })

  test('volume_ceiling: a higher volume is refused, and what others set stays', async () => {
    limit('member', { volume_ceiling: 60 })
    await addUser(databasePath, { username: `member-${guests}`, role: 'member' })
    const member = await signedIn(`member-${guests}`)
    await admin.call('core.mixer.set_volume', { volume: 90 })
    expect(await member.call('core.mixer.set_volume', { volume: 61 })).toMatchObject(
      refused('Members may set the volume to 60 at most.', { limit: 'volume_ceiling', most: 60 }),
    )
    expect((await member.call('core.mixer.get_volume')).result).toBe(90)
    expect(await member.call('core.mixer.set_volume', { volume: 60 })).toMatchObject({
      result: true,
    })
    limit('member', NONE)
    expect(await member.call('core.mixer.set_volume', [61])).toMatchObject({ result: true })
  })

  describe('uri_schemes', () => {
    beforeEach(() => limit('guest', { uri_schemes: ['local', 'demo'] }))

    test('what comes from elsewhere is refused', async () => {
      expect(await add([track(1), 'DEMO:album:none'])).toMatchObject({ type: 'mopidy_response' })
      expect(await add([track(1), 'file:///etc/passwd'])).toMatchObject(
        refused('Guests may only add what comes from local or demo.', {
          limit: 'uri_schemes',
          allowed: ['local', 'demo'],
        }),
      )
      limit('guest', { uri_schemes: ['local'] })
      expect(await add([track(1)])).toMatchObject(
        refused('Guests may only add what comes from local.', { allowed: ['local'] }),
      )
    })

    test('nor may it come in by a playlist', async () => {
      const { roles } = musakone.services.accounts
      roles.change(
        'guest',
        { permissions: [...roles.permissionsOf('guest'), 'playlists.save'] },
        {},
      )
      const save = (uri: string) =>
        guest.call('core.playlists.save', {
          playlist: {
            __model__: 'Playlist',
            uri: 'm3u:mine.m3u8',
            tracks: [{ __model__: 'Track', uri }],
          },
        })
      expect(await save('http://192.168.1.1/reboot')).toMatchObject(
        refused('Guests may only save what comes from local or demo.', { limit: 'uri_schemes' }),
      )
      expect(await save(track(1))).not.toMatchObject({ error: { code: -32002 } })
      roles.reset('guest', {})
    })
  })

  test('a session that ends while its add is looked up adds nothing', async () => {
    limit('guest', { max_queued: 3 })
    musakone.demo?.faults.delay(100, 'core.library.lookup')
    const adding = add([track(5)]).catch(() => 'closed')
    await until(() => sent('core.library.lookup').length === 1, 'the lookup')
    musakone.services.accounts.administration.remove({ by: 'the test' }, guestId)
    expect(await adding).toBe('closed')
    // What Mopidy is asked next comes after all that was still on its way.
    musakone.demo?.faults.delay(0)
    await musakone.services.mopidy.idle()
    expect(await queued()).toBe(0)
    expect(sent(ADD)).toEqual([])
  })

  test('a role without limits has nothing looked up', async () => {
    expect(await add(tracks(3), admin)).toMatchObject(added(3))
    expect(await add(tracks(3))).toMatchObject(added(3))
    expect(sent('core.library.lookup')).toEqual([])
    expect(sent('core.tracklist.filter')).toEqual([])
  })

  test('by default a guest may have 20 tracks of up to 15 minutes, and add 30 a minute', () => {
    const { roles } = musakone.services.accounts
    roles.reset('guest', {})
    const imports = { import_mib_per_day: 128, import_rows_per_day: 200_000 }
    expect(roles.limitsOf('guest')).toEqual({
      ...NONE,
      ...imports,
      max_queued: 20,
      adds_per_minute: 30,
      longest_track_ms: 900_000,
    })
    expect([roles.limitsOf('member'), roles.limitsOf('admin')]).toEqual([NONE, NONE])
  })

  /** What Mopidy was sent of a method. */
  function sent(method: string): Record<string, unknown>[] {
    const calls = (musakone.demo?.received ?? []).map((text) => JSON.parse(text))
    return calls.filter((call) => call.method === method).map(({ params }) => params)
  }
})
