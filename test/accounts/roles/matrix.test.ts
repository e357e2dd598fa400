import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Role } from '../../../src/accounts/roles/role'
import { createApp } from '../../../src/http/app'
import { createLog } from '../../../src/log'
import { type MethodName, methods } from '../../../src/mopidy/methods'
import { EXAMPLES, type Params } from '../../mopidy/calls/call-examples'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../../support/test-musakone'
import { CALLERS, type Caller, METHODS, ROUTES } from './access-table'

type Verdict = 'let in' | 'unauthorized' | 'forbidden' | 'password_change_required'

/** What those who are not let in are told. */
const TURNED_AWAY: Readonly<Record<Caller, Verdict>> = {
  admin: 'forbidden',
  member: 'forbidden',
  guest: 'forbidden',
  'admin key': 'forbidden',
  'plain admin key': 'forbidden',
  'guest key': 'forbidden',
  'new admin': 'password_change_required',
  'disabled admin': 'unauthorized',
  nobody: 'unauthorized',
}

/** Those whose session ends with what they ask for get a new one for the next. */
const ENDS_SESSIONS = ['POST /api/auth/logout', 'POST /api/auth/password']

describe('A12 who may do what', () => {
  const tokens: Partial<Record<Caller, string>> = {}
  let musakone: TestMusakone
  let declared: Readonly<Record<string, unknown>>
  beforeAll(async () => {
    musakone = await startTestMusakone({ registration: 'open' })
    await musakone.online()
    const { services } = musakone
    const log = await createLog({ level: 'silent', format: 'json' })
    const { routes } = createApp({ services, allowedOrigins: [], allowedHosts: [], log })
    declared = Object.fromEntries(
      routes.map(({ method, path, hooks }) => [
        `${method} ${path}`,
        (hooks as { detail?: { 'x-needs'?: string } }).detail?.['x-needs'],
      ]),
    )
    const make = (username: string, role: Role, more = {}) =>
      services.accounts.administration.create(
        { by: 'the test' },
        { username, role, password: TEST_PASSWORD, ...more },
      )
    for (const role of ['admin', 'member', 'guest'] as const) {
      if (role !== 'admin') await make(role, role)
      tokens[role] = await musakone.logIn(role)
    }
    for (const [caller, json] of [
      ['admin key', { role: 'admin', administration: true, expires_in_days: 365 }],
      ['plain admin key', { role: 'admin' }],
      ['guest key', { role: 'guest' }],
    ] as const) {
      const reply = await musakone.request('/api/keys', {
        token: tokens.admin ?? '',
        json: { name: caller, ...json },
      })
      tokens[caller] = ((await reply.json()) as { key: string }).key
    }
    await make('new', 'admin', { must_change_password: true })
    tokens['new admin'] = await musakone.logIn('new')
    const { id } = await make('disabled', 'admin')
    tokens['disabled admin'] = await musakone.logIn('disabled')
    await services.accounts.administration.change({ by: 'the test' }, id, { disabled: true })
  })
  afterAll(() => musakone.stop())

  async function verdictOn(route: string, caller: Caller): Promise<Verdict> {
    const [name = '', path = ''] = route.split(' ')
    const { at = path, json } = ROUTES[route] ?? {}
    const token = tokens[caller]
    const response = await musakone.request(at, {
      method: name === 'ALL' ? 'GET' : name,
      redirect: 'manual',
      // What a page of this server would send.
      headers: { origin: musakone.origin },
      ...(token !== undefined && { token }),
      ...(json !== undefined && { json }),
    })
    const text = await response.text()
    expect(response.status, `${caller}, ${route}: ${text}`).toBeLessThan(500)
    const { error } = response.ok ? {} : readJson(text)
    if (response.status === 401 || response.status === 403) return error as Verdict
    return 'let in'
  }

  test('every route says what it needs, and is written down', () => {
    const silent = Object.keys(declared).filter((route) => typeof declared[route] !== 'string')
    expect(silent).toEqual([])
    expect(Object.keys(declared).sort()).toEqual(Object.keys(ROUTES).sort())
  })

  test.each(Object.keys(ROUTES))('%s', async (route) => {
    const verdicts: Partial<Record<Caller, Verdict>> = {}
    for (const caller of CALLERS) {
      verdicts[caller] = await verdictOn(route, caller)
      const name = caller === 'new admin' ? 'new' : caller
      if (verdicts[caller] === 'let in' && ENDS_SESSIONS.includes(route))
        tokens[caller] = await musakone.logIn(name)
    }
    const expected = CALLERS.map((caller) => [
      caller,
      ROUTES[route]?.who.includes(caller) ? 'let in' : TURNED_AWAY[caller],
    ])
    expect(verdicts).toEqual(Object.fromEntries(expected))
  })

  test('HEAD asks for no less than GET', async () => {
    for (const [route, { at }] of Object.entries(ROUTES)) {
      const [method, path = ''] = route.split(' ')
      if (method !== 'GET' || !path.startsWith('/api/')) continue
      for (const caller of CALLERS) {
        const token = tokens[caller]
        const init = token === undefined ? {} : { token }
        const head = await musakone.request(at ?? path, { ...init, method: 'HEAD' })
        const { status } = await musakone.request(at ?? path, init)
        expect(head.status, `${caller}, HEAD ${path}`).toBe(status)
      }
    }
  })

  test('what has no route is nothing to anybody', async () => {
    const own = Object.entries(ROUTES).filter(([route]) => route.includes(' /api/'))
    const known = new Set<string>()
    const paths = new Set(['/api', '/api/', '/api/none', '/api/users/1/role'])
    for (const [route, { at }] of own) {
      const [method, pattern = ''] = route.split(' ')
      const path = at?.split('?')[0] ?? pattern
      paths.add(path)
      for (const name of method === 'GET' ? ['GET', 'HEAD'] : [method]) known.add(`${name} ${path}`)
    }
    let asked = 0
    for (const path of paths)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
        if (known.has(`${method} ${path}`)) continue
        asked += 1
        const response = await musakone.request(path, { method, token: tokens.admin ?? '' })
        expect(response.status, `${method} ${path}`).toBe(404)
      }
    expect(asked).toBeGreaterThan(80)
  })

  describe('every method, in each dialect', () => {
    const sockets: OwnSocket[] = []
    afterAll(() => {
      for (const socket of sockets) socket.close()
    })

    async function connect(caller: Caller): Promise<OwnSocket> {
      const token = tokens[caller]
      const query = token === undefined ? '' : `?token=${token}`
      const socket = await connectOwn(`${musakone.socketUrl}${query}`)
      sockets.push(socket)
      return socket
    }

    /** Every method with parameters that are right. */
    const calls: [MethodName, Params][] = (Object.keys(methods) as MethodName[]).map((name) => [
      name,
      name === 'core.playback.set_state' ? { new_state: 'playing' } : (EXAMPLES[name][0] as Params),
    ])

    type Answer = { error?: { code: number; message: string; data?: { needs?: string } } }
    type Ask = (name: string, params: Params) => Promise<Answer>

    async function own(caller: Caller): Promise<Ask> {
      const socket = await connect(caller)
      return async (name, params) => (await socket.call(name, params)) as Answer
    }

    async function jsonRpc(caller: Caller): Promise<Ask> {
      const socket = await connect(caller)
      return async (method, params) => {
        socket.send({ jsonrpc: '2.0', id: 7, method, params })
        for (;;) {
          const message = await socket.next()
          if (message.id === 7) return message as Answer
        }
      }
    }

    async function overHttp(caller: Caller): Promise<Ask> {
      return async (method, params) => {
        const json = [{ jsonrpc: '2.0', id: 7, method, params }]
        const reply = await musakone.request('/mopidy/rpc', { token: tokens[caller] ?? '', json })
        return ((await reply.json()) as Answer[])[0] ?? {}
      }
    }

    test('the table names every method', () => {
      expect(Object.keys(METHODS).sort()).toEqual(Object.keys(methods).sort())
    })

    const DIALECTS = { own, 'JSON-RPC': jsonRpc, 'JSON-RPC over HTTP': overHttp }
    const MUSICIANS: Readonly<Partial<Record<Caller, Role>>> = {
      admin: 'admin',
      'admin key': 'admin',
      member: 'member',
      guest: 'guest',
      'guest key': 'guest',
    }

    test.each(
      Object.entries(DIALECTS).flatMap(([dialect, open]) =>
        Object.entries(MUSICIANS).map(([caller, role]) => [dialect, caller, role, open] as const),
      ),
    )('%s, %s', async (_, caller, role, open) => {
      const ask = await open(caller as Caller)
      const refused: string[] = []
      for (const [name, params] of calls) {
        const { error } = await ask(name, params)
        if (error?.code !== -32002) continue
        // Mopidy 3 cannot answer this one to anybody.
        if (name === 'core.library.get_distinct' && error.message.includes('needs Mopidy 4'))
          continue
        refused.push(name)
        // A sentence for people, without the names of programs.
        if (METHODS[name] === 'members')
          expect(error.message).toMatch(/^A guest may not [a-z ]+\.$/)
      }
      const expected = calls
        .map(([name]) => name)
        .filter(
          (name) => METHODS[name] === 'no one' || (METHODS[name] === 'members' && role === 'guest'),
        )
      expect(refused).toEqual(expected)
    })

    test('nobody who has not signed in is answered', async () => {
      const socket = await connect('nobody')
      musakone.demo?.received.splice(0)
      for (const [method, params] of calls) {
        socket.send({ type: 'mopidy', id: 1, method, params })
        expect(await socket.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
        socket.send({ jsonrpc: '2.0', id: 1, method, params })
        expect(await socket.next()).toEqual({ type: 'auth_error', error: 'Not signed in' })
      }
      expect(musakone.demo?.received).toEqual([])
    })

    test.each(['new admin', 'disabled admin'] as const)('a %s signs in nowhere', async (caller) => {
      expect(connect(caller)).rejects.toThrow('refused')
      const socket = await connect('nobody')
      socket.send({ type: 'auth', token: tokens[caller] })
      expect(await socket.next()).toMatchObject({ type: 'auth_error' })
      socket.send({ type: 'mopidy', token: tokens[caller], id: 1, method: 'core.playback.next' })
      expect(await socket.next()).toMatchObject({ type: 'auth_error' })
    })
  })
})

function readJson(text: string): { error?: string } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
