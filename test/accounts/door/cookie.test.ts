import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import { connectOwn } from '../../support/own-socket'
import { connectRaw, frame, upgradeRequest } from '../../support/raw-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../../support/test-musakone'

const ALLOWED = 'https://radio.example'

describe('the session cookie', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let setCookie: string
  let cookie: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ allowedOrigins: [ALLOWED] })
    await musakone.online()
    const json = { username: 'admin', password: TEST_PASSWORD }
    const response = await musakone.request('/api/auth/login', { json })
    setCookie = response.headers.get('set-cookie') ?? ''
    cookie = setCookie.split(';')[0] ?? ''
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  const host = () => new URL(musakone.origin).host

  /** The answer to an upgrade from a page of that origin, and to a call behind it. */
  async function upgrade(headers: Record<string, string>, path = '/ws') {
    const client = connectRaw(Number(new URL(musakone.origin).port))
    client.write(upgradeRequest(path, { host: host(), ...headers }))
    const { status } = await client.head()
    if (status !== 101) {
      client.close()
      return { status }
    }
    client.write(frame('{"type":"mopidy","id":1,"method":"core.get_version"}'))
    const answer = await client.next()
    client.close()
    return { status, answer: answer.type }
  }

  test('scripts cannot read it, other sites not send it, and it ends with the session', () => {
    const [, ...attributes] = setCookie.split('; ')
    const attribute = (name: string) =>
      attributes.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
    expect(attributes).toContain('HttpOnly')
    expect(attributes).toContain('SameSite=Lax')
    expect(attributes).toContain('Path=/')
    const days = (Date.parse(attribute('Expires') ?? '') - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(29.9)
    expect(days).toBeLessThanOrEqual(30)
    // A browser whose clock differs from the box's goes by this one.
    expect(Number(attribute('Max-Age'))).toBeCloseTo(30 * 86_400, -2)
  })

  test('it signs in over HTTP, among other cookies too', async () => {
    for (const header of [cookie, `a=b; ${cookie}`, `musakone=; ${cookie}; c="d"`]) {
      const response = await musakone.request('/api/auth/me', { headers: { cookie: header } })
      expect(response.status).toBe(200)
    }
  })

  test.each<[string, Record<string, string>]>([
    ['another name', { cookie: 'musakone2=x; xmusakone=y' }],
    ['no value', { cookie: 'musakone=' }],
    ['no equals sign', { cookie: 'musakone' }],
    ['rubbish', { cookie: ';;;=;= ;musakone' }],
  ])('it is not seen in a header with %s', async (_, headers) => {
    const response = await musakone.request('/api/auth/me', { headers })
    expect(response.status).toBe(401)
  })

  test('a bad token beside it counts, rather than the cookie', async () => {
    const headers = { cookie, authorization: 'Bearer nonsense' }
    expect((await musakone.request('/api/auth/me', { headers })).status).toBe(401)
    expect(await upgrade(headers)).toEqual({ status: 401 })
    expect(await upgrade({ cookie }, '/ws?token=nonsense')).toEqual({ status: 401 })
  })

  test.each<[string, () => Record<string, string>]>([
    ['our own page', () => ({ origin: musakone.origin })],
    ['our own page behind a proxy with TLS', () => ({ origin: `https://${host()}` })],
    ['a page that is allowed', () => ({ origin: ALLOWED })],
    ['a program', () => ({})],
  ])('it signs a socket in for %s', async (_, headers) => {
    const answer = 'mopidy_response'
    expect(await upgrade({ cookie, ...headers() })).toEqual({ status: 101, answer })
  })

  const foreign: [string, () => string][] = [
    ['another site', () => 'http://evil.example'],
    ['null', () => 'null'],
    ['our address and more', () => `${musakone.origin}.evil.example`],
    ['our address as a name', () => `http://${host().replace(':', '.')}.evil.example`],
    ['our address as a user', () => `http://${host()}@evil.example`],
    ['another port', () => 'http://127.0.0.1:1'],
    ['no port', () => 'http://127.0.0.1'],
    ['the allowed one and more', () => `${ALLOWED}.evil.example`],
    ['the allowed one in HTTP', () => ALLOWED.replace('https', 'http')],
    ['a file', () => 'file://'],
    ['rubbish', () => '%%%'],
  ]

  test.each(foreign)('it is refused with 403 on a socket from %s', async (_, origin) => {
    expect(await upgrade({ cookie, origin: origin() })).toEqual({ status: 403 })
  })

  test.each(foreign)('it changes nothing over HTTP from %s', async (_, origin) => {
    const init = { method: 'POST', headers: { cookie, origin: origin() } }
    const response = await musakone.request('/api/auth/logout', init)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: 'foreign_origin' })
    expect((await musakone.request('/api/auth/me', { headers: { cookie } })).status).toBe(200)
  })

  test('a token that the page itself presents is not the cookie, and welcome', async () => {
    const token = cookie.slice('musakone='.length)
    const origin = 'http://evil.example'
    const answer = 'mopidy_response'
    expect(await upgrade({ origin, cookie }, `/ws?token=${token}`)).toEqual({ status: 101, answer })
  })

  test('logging out takes it back, and it is worth nothing from then on', async () => {
    const init = { method: 'POST', headers: { cookie, origin: musakone.origin } }
    const response = await musakone.request('/api/auth/logout', init)
    expect(response.headers.get('set-cookie')).toStartWith(
      'musakone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0;',
    )
    expect((await musakone.request('/api/auth/me', { headers: { cookie } })).status).toBe(401)
    await expect(connectOwn(musakone.socketUrl, { cookie })).rejects.toThrow('refused')
  })
})
