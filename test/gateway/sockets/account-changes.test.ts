import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { startWebMopidy, type WebMopidy } from '../proxy/web-mopidy'
import { connectWeb } from '../proxy/web-socket'

type Person = { id: number; username: string; token: string }
type Change = {
  name: string
  http: (person: Person) => [method: string, path: string, json?: unknown]
  /** The words after `musakone user`; none where there is no such command. */
  shell?: (person: Person) => string[]
  /** Whether the token is worth something afterwards. */
  staysIn?: true
}

const NEW_PASSWORD = 'a lemon cake and a half'
const MOST_MS = 2_000

const changes: Change[] = [
  {
    name: 'disabled',
    http: ({ id }) => ['PATCH', `/api/users/${id}`, { disabled: true }],
    shell: ({ username }) => ['disable', username],
  },
  {
    name: 'deleted',
    http: ({ id }) => ['DELETE', `/api/users/${id}`],
    shell: ({ username }) => ['delete', username],
  },
  {
    name: 'given another role',
    http: ({ id }) => ['PATCH', `/api/users/${id}`, { role: 'guest' }],
    shell: ({ username }) => ['role', username, 'guest'],
    staysIn: true,
  },
  {
    name: 'given another password',
    http: ({ id }) => ['PATCH', `/api/users/${id}`, { password: NEW_PASSWORD }],
    shell: ({ username }) => ['passwd', username, '--password-stdin'],
  },
]

describe('somebody with sockets of every kind, who is', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let mopidy: WebMopidy
  let musakone: TestMusakone
  let admin: string
  let checkAftermath: () => Promise<void>
  let people = 0
  const opened: { close(): void; closed: Promise<unknown> }[] = []
  beforeAll(async () => {
    mopidy = await startWebMopidy()
    musakone = await startTestMusakone({ databasePath, mopidyUrl: mopidy.url })
    await musakone.online()
    admin = await musakone.logIn()
    await musakone.request('/api/clients', { token: admin })
  })
  afterAll(async () => {
    await musakone.stop()
    await mopidy.stop()
  })
  beforeEach(async () => {
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterEach(async () => {
    for (const client of opened) client.close()
    await Promise.all(opened.splice(0).map(({ closed }) => closed))
    await until(() => musakone.services.proxy.open() === 0, 'nothing to be open')
    await until(() => mopidy.sockets().length === 0, 'Mopidy to have no socket')
    await checkAftermath()
  })

  async function someone(): Promise<Person> {
    people += 1
    const username = `someone-${people}`
    const id = await addUser(databasePath, { username, role: 'admin' })
    return { id, username, token: await musakone.logIn(username) }
  }

  /** A socket of each dialect, and of two web clients behind the proxy. */
  async function socketsOf(token: string) {
    const headers = { authorization: `Bearer ${token}` }
    const proxied = musakone.clientsOrigin.replace('http', 'ws')
    const [own, rpc, iris, standIn] = await Promise.all([
      connectOwn(`${musakone.socketUrl}?token=${token}`),
      connectOwn(`${musakone.socketUrl}?token=${token}`),
      connectWeb(`${proxied}/iris/ws`, { headers }),
      connectWeb(`${proxied}/stand-in/ws`, { headers }),
    ])
    await own.call('core.get_version')
    rpc.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    await rpc.next()
    const clients = [own, rpc, iris, standIn]
    opened.push(...clients.map(({ socket, closed }) => ({ close: () => socket.close(), closed })))
    return clients
  }

  async function byHttp(person: Person, { http }: Change): Promise<void> {
    const [method, path, json] = http(person)
    const response = await musakone.request(path, {
      method,
      token: admin,
      ...(json !== undefined && { json }),
    })
    expect(response.status).toBe(200)
  }

  /** From another process, as the machine's owner does it. */
  async function byShell(person: Person, { shell }: Change): Promise<void> {
    const child = Bun.spawn([process.execPath, 'src/main.ts', 'user', ...(shell?.(person) ?? [])], {
      env: { DATABASE_PATH: databasePath },
      stdin: new Blob([NEW_PASSWORD]),
      stdout: 'pipe',
      stderr: 'pipe',
    })
    expect(await new Response(child.stderr).text()).toBe('')
    expect(await child.exited).toBe(0)
  }

  async function expectEnd(
    change: Change,
    make: (person: Person, change: Change) => Promise<void>,
  ) {
    const [person, bystander] = await Promise.all([someone(), someone()])
    const phone = await musakone.logIn(person.username)
    const mine = (await Promise.all([person.token, phone].map(socketsOf))).flat()
    const others = await socketsOf(bystander.token)
    let lastEnd = 0
    const ends = mine.map(async ({ closed }) => {
      const { code } = await closed
      lastEnd = performance.now()
      return code
    })
    await make(person, change)
    const changedAt = performance.now()
    expect(await Promise.all(ends)).toEqual(mine.map(() => 4401))
    expect(lastEnd - changedAt).toBeLessThan(MOST_MS)
    expect(others.map(({ socket }) => socket.readyState)).toEqual(others.map(() => WebSocket.OPEN))
    for (const token of [person.token, phone]) {
      const me = await musakone.request('/api/auth/me', { token })
      expect(me.status).toBe(change.staysIn ? 200 : 401)
      if (change.staysIn) expect(await me.json()).toMatchObject({ role: 'guest' })
      else
        await expect(connectOwn(`${musakone.socketUrl}?token=${token}`)).rejects.toThrow('refused')
    }
  }

  test.each(changes)('$name by an admin: C3 closed within 2 s, nobody else is', (change) =>
    expectEnd(change, byHttp),
  )

  test.each(changes)('$name at the command line: C3 closed within 2 s, nobody else is', (change) =>
    expectEnd(change, byShell),
  )

  test('C3 nothing of theirs is handled once the admin has the answer', async () => {
    for (const change of changes) {
      const person = await someone()
      const clients = await socketsOf(person.token)
      await musakone.services.mopidy.idle()
      const { length: heard } = mopidy.heard
      const { length: called } = mopidy.calls
      await byHttp(person, change)
      for (const { socket, closed } of clients) {
        // Those that have not heard of it yet go on.
        socket.send(JSON.stringify({ type: 'mopidy', id: 1, method: 'core.library.refresh' }))
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'core.library.refresh' }))
        await closed
      }
      await musakone.services.mopidy.idle()
      expect(mopidy.heard.slice(heard)).toEqual([])
      expect(mopidy.calls.slice(called).join()).not.toContain('core.library.refresh')
    }
  })
})
