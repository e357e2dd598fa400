import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { hasChromium, startChromium } from '../clients/browser'
import { setWebStage, type WebStage } from '../gateway/proxy/web-stage'
import { remember } from '../support/aftermath'
import { connectRaw } from '../support/raw-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../support/test-musakone'

const NOTHING = "default-src 'none'; frame-ancestors 'none'"
const credentials = { username: 'admin', password: TEST_PASSWORD }

describe('the headers of every reply', () => {
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let token: string
  beforeAll(async () => {
    musakone = await startTestMusakone({ trustedProxies: ['127.0.0.1'] })
    await musakone.online()
    token = await musakone.logIn()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  type Init = NonNullable<Parameters<TestMusakone['request']>[1]>

  const replies: [string, string, () => Init, number][] = [
    ['JSON', '/health', () => ({}), 200],
    ['JSON of the API', '/api/auth/me', () => ({ token }), 200],
    ['a login', '/api/auth/login', () => ({ json: credentials }), 200],
    ['a wrong login', '/api/auth/login', () => ({ json: { username: 'a', password: 'b' } }), 401],
    ['a bad body', '/api/auth/login', () => ({ json: [] }), 400],
    ['no session', '/api/auth/me', () => ({}), 401],
    ['a foreign page', '/api/keys', () => ({ json: {}, headers: { origin: 'http://a.b' } }), 403],
    ['a foreign host', '/health', () => ({ headers: { host: 'evil.example' } }), 421],
    [
      'a form',
      '/api/auth/login',
      () => ({ body: new URLSearchParams({ a: 'b' }), method: 'POST' }),
      415,
    ],
    ['a large body', '/api/auth/login', () => ({ json: 'a'.repeat(70_000) }), 413],
    ['nothing', '/nothing', () => ({}), 404],
    ['nothing of the API', '/api/nothing', () => ({}), 404],
    ['another method', '/api/auth/login', () => ({ method: 'DELETE' }), 404],
    ['an unknown method', '/api/auth/me', () => ({ method: 'PROPFIND' }), 404],
    ['no upgrade', '/ws', () => ({}), 426],
    ['a call', '/mopidy/rpc', () => ({ token, json: { jsonrpc: '2.0', id: 1, method: 'a' } }), 200],
    ['HEAD', '/mopidy/rpc', () => ({ method: 'HEAD' }), 200],
    ['a document', '/swagger/json', () => ({}), 200],
    ['a script', '/swagger/start.js', () => ({}), 200],
    ['a style', '/swagger/swagger-ui.css', () => ({}), 200],
  ]

  test.each(replies)('A11 say what may be done with %s: nothing', async (_, path, init, status) => {
    const response = await musakone.request(path, init())
    const { headers } = response
    expect(response.status).toBe(status)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('content-security-policy')).toBe(NOTHING)
    if (path.startsWith('/api/')) expect(headers.get('cache-control')).toBe('no-store')
  })

  test.each(['/', '/queue', '/login', '/join', '/swagger'])(
    'A11 let the page %s run its own scripts, and be framed by nobody',
    async (path) => {
      const { status, headers } = await musakone.request(path)
      expect(status).toBe(200)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      const policy = new Map(
        (headers.get('content-security-policy') ?? '')
          .split('; ')
          .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
      )
      expect(policy.get('default-src')).toBe("'none'")
      expect(policy.get('script-src')).toBe("'self'")
      for (const name of ['frame-ancestors', 'base-uri', 'form-action'])
        expect([name, policy.get(name)]).toEqual([name, "'none'"])
      expect([...policy.values()].join()).not.toContain('unsafe')
    },
  )

  const odd = [
    '/..%2f..%2fetc%2fpasswd',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%252e%252e/etc/passwd',
    '/login/..%2f..%2fpackage.json',
    '/login/../package.json',
    '/login/%2e%2e%2fhealth',
    '/login/..%5cpackage.json',
    '/login/..\\package.json',
    '/login/login.js%00',
    '/login/login.js%00.css',
    '/login%2flogin.js',
    '/login/.env',
    '/.env',
    '/.git/config',
    '/.well-known/..%2f..%2fetc/passwd',
    '/swagger/..%2flogin',
    '/swagger/%252e%252e%252flogin',
    '/swagger/swagger-ui.css/..%2f',
    '/api/..%2fhealth',
    '/api/auth/..%5cme',
    '/api%2fauth%2fme',
    '/%61pi/auth/me',
    '//etc/passwd',
    '//evil.example/',
    '/iris/..%2f..%2fhealth',
    '/iris/%252e%252e/health',
    '/iris/.git/config',
    '/iris/a%5cb.js',
    '/iris/a%00.js',
    '/local/..%2f..%2fetc%2fpasswd',
    '/mopidy/..%2frpc',
    '/mopidy/.htaccess',
    '/%',
    '/%zz',
    '/%c0%ae%c0%ae/etc/passwd',
  ]

  test.each(odd)('A11 there is nothing at %s', async (path) => {
    for (const authorization of [[], [`Authorization: Bearer ${token}`]]) {
      const client = connectRaw(Number(new URL(musakone.origin).port))
      const lines = [`GET ${path} HTTP/1.1`, 'Host: localhost', ...authorization]
      client.write(Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`))
      const { status, text } = await client.head()
      await client.closed()
      expect(status).toBe(404)
      expect(text).toMatch(/^x-content-type-options: nosniff\r$/im)
      expect(text).toMatch(/^content-security-policy: default-src 'none'; frame-ancestors 'none'/im)
      expect(JSON.parse(client.rest().split('\r\n\r\n')[1] ?? '')).toMatchObject({
        error: 'not_found',
      })
    }
  })

  test('A11 dots that are segments are resolved before anything is decided', async () => {
    for (const [path, status] of [
      ['/api/%2e%2e/health', 200],
      ['/login/../api/auth/me', 401],
      ['/iris/%2E./api/auth/me', 401],
      ['/../../../health', 200],
    ] as const) {
      const client = connectRaw(Number(new URL(musakone.origin).port))
      client.write(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`))
      expect([path, (await client.head()).status]).toEqual([path, status])
      client.close()
    }
  })

  test('the cookie is for TLS only where it came over TLS, as a trusted proxy says', async () => {
    const logIn = async (headers: Record<string, string>) => {
      const login = await musakone.request('/api/auth/login', { headers, json: credentials })
      return login.headers.get('set-cookie') ?? ''
    }
    const attributes = (cookie: string) =>
      cookie
        .split('; ')
        .slice(1)
        .filter((a) => !/^(Expires|Max-Age)=/.test(a))
    const always = ['Path=/', 'HttpOnly', 'SameSite=Lax']
    for (const proto of ['https', 'HTTPS', 'https, http']) {
      const cookie = await logIn({ 'x-forwarded-proto': proto })
      expect(attributes(cookie)).toEqual([...always, 'Secure'])
      const headers = { cookie: cookie.split(';')[0] ?? '', 'x-forwarded-proto': proto }
      const out = await musakone.request('/api/auth/logout', { method: 'POST', headers })
      const cleared = out.headers.get('set-cookie') ?? ''
      expect(cleared).toStartWith('musakone=; ')
      expect(attributes(cleared)).toEqual([...always, 'Secure'])
    }
    for (const headers of [{}, { 'x-forwarded-proto': 'http' }, { 'x-forwarded-ssl': 'on' }])
      expect(attributes(await logIn(headers))).toEqual(always)
  })

  test('A5 what anybody else says of TLS does not count', async () => {
    const other = await startTestMusakone({ trustedProxies: ['10.0.0.0/8'] })
    const headers = { 'x-forwarded-proto': 'https' }
    const login = await other.request('/api/auth/login', { headers, json: credentials })
    expect(login.headers.get('set-cookie')).not.toContain('Secure')
    await other.stop()
  })
})

describe('the headers of Mopidy’s own pages', () => {
  let stage: WebStage
  beforeAll(async () => {
    stage = await setWebStage({ allowedOrigins: ['https://radio.example'] })
  })
  afterAll(() => stage.stop())

  const get = (path: string, headers = {}) =>
    stage.musakone.requestClient(path, { token: stage.tokens.guest, headers })

  test('A11 let them load what they like, and be framed by our own pages only', async () => {
    const { headers, status } = await get('/iris/')
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBeNull()
  })

  test('A11 come beside a policy of their own, and leave the rest as it is', async () => {
    const own = {
      'content-security-policy': "default-src 'self'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'max-age=60',
    }
    stage.mopidy.answers('/iris/own.html', () => new Response('', { headers: own }))
    const { headers } = await get('/iris/own.html')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'self', frame-ancestors 'self'",
    )
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('max-age=60')
  })

  test('A9 are not opened to all the world, as Iris would have it', async () => {
    const all = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
    const answer = () => new Response('', { headers: { ...all, vary: 'Accept-Encoding' } })
    stage.mopidy.answers('/iris/open.json', answer)
    const foreign = await get('/iris/open.json', { origin: 'http://evil.example' })
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    expect(foreign.headers.get('access-control-allow-headers')).toBeNull()
    expect(foreign.headers.get('vary')).toBe('Accept-Encoding, Origin')
    const { headers } = await get('/iris/open.json', { origin: 'https://radio.example' })
    expect(headers.get('access-control-allow-origin')).toBe('https://radio.example')
    expect(headers.get('vary')).toBe('Accept-Encoding, Origin')
  })
})

describe.skipIf(!hasChromium())('pages in a browser, under their policies', () => {
  let musakone: TestMusakone
  let browser: Browser
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await musakone.stop()
  })

  /** Does `work` in a new page; what the browser complained of, and which other hosts it asked. */
  async function complaintsOf(work: (page: Page) => Promise<void>): Promise<string[]> {
    const context = await browser.newContext()
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(musakone.origin) && !request.url().startsWith('data:'))
        complaints.push(`asked ${request.url()}`)
    })
    await work(page)
    await context.close()
    return complaints
  }

  test('Swagger UI shows the routes, unfolds one, and asks it', async () => {
    const complaints = await complaintsOf(async (page) => {
      await page.goto(`${musakone.origin}/swagger`)
      await page.locator('#operations-Accounts-getApiAuthMe, .opblock').first().waitFor()
      expect(await page.locator('.opblock').count()).toBeGreaterThan(10)
      const health = page.locator('.opblock', { has: page.locator('[data-path="/health"]') })
      await health.locator('.opblock-summary-control').click()
      await health.getByRole('button', { name: 'Try it out' }).click()
      await health.getByRole('button', { name: 'Execute' }).click()
      await health.locator('.live-responses-table').getByText('"ok"').first().waitFor()
      // All else that it has: dialogs, forms, schemas.
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      await page.locator('.dialog-ux input').fill('a token')
      await page.locator('.dialog-ux').getByRole('button', { name: 'Apply credentials' }).click()
      await page.locator('.dialog-ux').getByRole('button', { name: 'Close' }).last().click()
      const folded = page.locator('.opblock-summary-control[aria-expanded=false]')
      for (let more = 0; more < 5; more += 1) await folded.first().click()
      expect(await page.locator('.opblock.is-open').count()).toBe(6)
    })
    expect(complaints).toEqual([])
  })

  test('logging in works', async () => {
    const complaints = await complaintsOf(async (page) => {
      await page.goto(`${musakone.origin}/login?next=/health`)
      await page.getByLabel('Name').first().fill('admin')
      await page.getByLabel('Password', { exact: true }).fill(TEST_PASSWORD)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForURL(`${musakone.origin}/health`)
    })
    // The page asks whether one is signed in already.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  })

  test('A11 a script that got into a page does not run', async () => {
    const complaints = await complaintsOf(async (page) => {
      for (const path of ['/login', '/swagger', '/health']) {
        await page.goto(musakone.origin + path)
        const ran = await page.evaluate(`new Promise((resolve) => {
          addEventListener('securitypolicyviolation', () => resolve(false))
          const script = document.createElement('script')
          script.textContent = 'window.ran = true'
          document.documentElement.append(script)
          if (window.ran) resolve(true)
        })`)
        expect([path, ran]).toEqual([path, false])
      }
    })
    const refused = complaints.filter((text) => /Content Security Policy/.test(text))
    expect(refused).toHaveLength(3)
  })

  test('A11 no page is shown in a frame of another', async () => {
    const elsewhere = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => {
        const { searchParams } = new URL(request.url)
        const frame = `<iframe src="${searchParams.get('of')}"></iframe>`
        return new Response(frame, { headers: { 'content-type': 'text/html' } })
      },
    })
    for (const path of ['/login', '/swagger', '/health']) {
      const complaints = await complaintsOf(async (page) => {
        const refused = page.waitForEvent('console', (message) =>
          message.text().includes('frame-ancestors'),
        )
        await page.goto(`http://127.0.0.1:${elsewhere.port}/?of=${musakone.origin}${path}`)
        await refused
      })
      expect([path, complaints.join()]).toEqual([path, expect.stringContaining('frame-ancestors')])
    }
    await elsewhere.stop(true)
  })
})
