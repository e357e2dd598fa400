import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Room } from '../../../src/gateway/room/model'
import { type Office, openOffice } from '../../accounts/office'
import { connectOwn } from '../../support/own-socket'
import { fixedClock, until } from '../../support/test-musakone'

describe('who is here', () => {
  const clock = fixedClock(Date.UTC(2026, 0, 5, 12))
  let office: Office
  beforeEach(async () => {
    office = await openOffice({ clock })
  })
  afterEach(() => office.musakone.stop())

  async function come(token: string) {
    const socket = await connectOwn(office.musakone.socketUrl)
    await socket.signIn(token)
    return socket
  }
  const room = async (token = office.admin()) => {
    const response = await office.musakone.request('/api/room', { token })
    return (await response.json()) as Room
  }

  test('those with an open connection, each once, first come first', async () => {
    const guest = await office.someone({ role: 'guest' })
    const admin = await come(office.admin())
    clock.advance(60_000)
    const sockets = [await come(guest.token)]
    clock.advance(60_000)
    sockets.push(await come(guest.token))
    const start = Math.floor(clock.now() / 1_000) - 120
    expect(await room(guest.token)).toEqual({
      people: [
        { id: 1, username: 'admin', role: 'admin', since: start },
        { id: guest.id, username: guest.username, role: 'guest', since: start + 60 },
      ],
      unnamed: 0,
    })
    sockets[0]?.close()
    await until(async () => (await room()).people[1]?.since === start + 120, 'the older to close')
    sockets[1]?.close()
    await until(async () => (await room()).people.length === 1, 'the guest to leave')
    admin.close()
  })

  test('nobody before signing in, no program with a key, no name of who is incognito', async () => {
    const member = await office.someone()
    const unknown = await connectOwn(office.musakone.socketUrl)
    const made = await office.ask('/api/keys', 'POST', { name: 'doorbell' }, member.token)
    const bell = await come(String(made.body.key))
    expect(await room()).toEqual({ people: [], unnamed: 0 })
    const socket = await come(member.token)
    expect((await room()).people.map(({ username }) => username)).toEqual([member.username])
    await office.ask('/api/analytics/incognito', 'PUT', { on: true }, member.token)
    expect(await room()).toEqual({ people: [], unnamed: 1 })
    for (const each of [unknown, bell, socket]) each.close()
  })

  test('S10 a person who is given another name is here under the new one', async () => {
    const member = await office.someone()
    const socket = await come(member.token)
    await office.ask(`/api/users/${member.id}`, 'PATCH', { username: 'renamed' })
    expect((await room()).people.map(({ username }) => username)).toEqual(['renamed'])
    socket.close()
  })

  test('A12 it is for those who may see what the room did', async () => {
    const guest = await office.someone({ role: 'guest' })
    await office.ask('/api/roles/guest', 'PATCH', { permissions: ['see'] })
    const { status, body } = await office.ask('/api/room', 'GET', undefined, guest.token)
    expect([status, body.message]).toEqual([403, "A guest may not see the room's history."])
  })
})
