import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { hasChromium, startChromium } from '../../clients/browser'
import { until } from '../../support/test-musakone'
import { setWebStage, type WebStage } from '../proxy/web-stage'

/** A page of a web client whose script, which may have come in by a track's name, tries what it can. */
const PAGE = '<!doctype html><title>Stranger</title><body></body>'
const HTML = { headers: { 'content-type': 'text/html' } }
const EVIL = 'document.title = "evil"; window.evil = true'

/** Asks with the cookie; `refused` when the browser shows nothing of the answer. */
const ask = (url: string, method = 'GET') => `(async () => {
  try {
    const init = { method: '${method}', credentials: 'include', mode: 'cors' }
    if (init.method === 'POST') {
      init.headers = { 'content-type': 'application/json' }
      init.body = JSON.stringify({ name: 'mine', role: 'admin' })
    }
    const response = await fetch('${url}', init)
    return response.status
  } catch { return 'refused' }
})()`

/** Opens a socket; `refused` when it does not open. */
const connect = (url: string) => `new Promise((resolve) => {
  const socket = new WebSocket('${url}')
  socket.onopen = () => resolve('open')
  socket.onerror = () => resolve('refused')
})`

describe.skipIf(!hasChromium())('a web client’s script, beside an admin’s session', () => {
  let stage: WebStage
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    stage = await setWebStage()
    stage.mopidy.answers('/stand-in/', () => new Response(PAGE, HTML))
    // The first request bundles the page: on a busy machine that takes longer than a page waits.
    await stage.musakone.request('/')
    browser = await startChromium()
    context = await browser.newContext()
  })
  beforeEach(async () => {
    const { origin } = stage.musakone
    const value = await stage.musakone.logIn()
    await context.addCookies([
      { name: 'musakone', value, url: origin, httpOnly: true, sameSite: 'Lax' },
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.stop()
  })

  test('T2 gets nothing of the API and of the sockets, but its own way to Mopidy', async () => {
    const { origin, clientsOrigin, services } = stage.musakone
    const page = await context.newPage()
    // By the address of before, as a bookmark has it.
    await page.goto(`${origin}/stand-in/`)
    expect(page.url()).toBe(`${clientsOrigin}/stand-in/`)
    expect(await page.title()).toBe('Stranger')
    for (const path of ['/api/users', '/api/keys', '/api/auth/me', '/api/auth/sessions']) {
      expect(await page.evaluate(ask(origin + path))).toBe('refused')
      expect(await page.evaluate(ask(clientsOrigin + path))).toBe(404)
    }
    for (const path of ['/api/keys', '/api/invites', '/api/clients/ticket', '/mopidy/rpc'])
      expect(await page.evaluate(ask(origin + path, 'POST'))).toBe('refused')
    expect(services.accounts.keys.list(1)).toEqual([])
    const [page_, client] = [origin, clientsOrigin].map((at) => at.replace('http', 'ws'))
    expect(await page.evaluate(connect(`${page_}/ws`))).toBe('refused')
    expect(await page.evaluate(connect(`${page_}/mopidy/ws`))).toBe('refused')
    expect(await page.evaluate(connect(`${client}/ws`))).toBe('refused')
    expect(await page.evaluate(connect(`${client}/mopidy/ws`))).toBe('open')
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.close()
  })

  test('T2 cannot have somebody act in another session, and the browser is rid of its cookie', async () => {
    const { origin, clientsOrigin } = stage.musakone
    const page = await context.newPage()
    await page.goto(`${clientsOrigin}/stand-in/`)
    await page.evaluate(`document.cookie = 'musakone=${stage.tokens.guest}; path=/'`)
    await page.evaluate(`document.cookie = 'musakone=${stage.tokens.guest}; path=/api'`)
    const me = async () => {
      const response = await page.goto(`${origin}/api/auth/me`)
      const body = (await response?.json()) as { username?: string } | undefined
      return [response?.status(), body?.username]
    }
    expect(await me()).toEqual([400, undefined])
    expect(await me()).toEqual([200, 'admin'])
    await page.close()
  })

  test('T2 reads and writes no cache of the page, and cannot stand in for its worker', async () => {
    const { origin, clientsOrigin } = stage.musakone
    const home = await context.newPage()
    await home.goto(origin)
    await until(
      () =>
        home.evaluate(
          `navigator.serviceWorker.controller?.state === 'activated'`,
        ) as Promise<boolean>,
      'the page to be kept',
    )
    const stranger = await context.newPage()
    await stranger.goto(`${clientsOrigin}/stand-in/`)
    expect(await stranger.evaluate('caches.keys()')).toEqual([])
    const registered = await stranger.evaluate(
      `navigator.serviceWorker.register('${origin}/service-worker.js').then(() => 'yes', () => 'no')`,
    )
    expect(registered).toBe('no')

    // What a web client's script has written while it was served from the page's own origin.
    const poisoned = await home.evaluate(`caches.keys().then(async ([name]) => {
      const cache = await caches.open(name)
      const keys = await cache.keys()
      for (const { url } of keys) {
        const type = (await cache.match(url)).headers.get('content-type')
        const text = type.startsWith('text/html') ? '<script>${EVIL}</script>' : '${EVIL}'
        await cache.put(url, new Response(text, { headers: { 'content-type': type } }))
      }
      return keys.length
    })`)
    expect(poisoned).toBeGreaterThan(5)
    await home.goto(`${origin}/queue`)
    await home.getByRole('navigation').waitFor()
    expect(await home.evaluate('window.evil')).toBeUndefined()
    await context.setOffline(true)
    const offline = await home.goto(`${origin}/queue`).catch(() => null)
    expect(offline).toBeNull()
    await context.setOffline(false)
    // Nor after a logout.
    await home.goto(origin)
    await home.evaluate(`void fetch('/api/auth/logout', { method: 'POST' })`)
    await home.waitForURL('**/login?next=**')
    await home.goto(`${origin}/queue`)
    await home.waitForURL('**/login?next=%2Fqueue')
    expect(await home.evaluate('window.evil')).toBeUndefined()
    await Promise.all([home.close(), stranger.close()])
  })

  test('T2 a worker that a web client left on the page’s origin goes, with what it kept', async () => {
    const { origin, clientsOrigin } = stage.musakone
    const page = await context.newPage()
    // Plays what was before: the web client's worker came from the page's own origin.
    await context.route(`${origin}/stand-in/worker.js`, (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: `addEventListener('fetch', (event) =>
          event.respondWith(new Response('kept by the stranger', { headers: { 'content-type': 'text/html' } })))`,
      }),
    )
    await page.goto(origin)
    await page.evaluate(`navigator.serviceWorker.register('/stand-in/worker.js')
      .then(() => caches.open('iris')).then((cache) => cache.put('/stand-in/a', new Response('a')))`)
    const registered = () =>
      page.evaluate(`navigator.serviceWorker.getRegistrations().then((all) =>
        all.filter(({ scope }) => scope.endsWith('/stand-in/')).length)`)
    expect(await registered()).toBe(1)
    await context.unroute(`${origin}/stand-in/worker.js`)
    // The browser looks for a new worker at a time of its own choice, so the test asks for it.
    await page.evaluate(`navigator.serviceWorker.getRegistration('/stand-in/').then((it) => it.update())
      .then(() => {})`)
    await until(async () => (await registered()) === 0, 'the worker to go')
    expect(await page.evaluate(`caches.has('iris')`)).toBe(false)
    await page.goto(`${origin}/stand-in/`)
    expect(page.url()).toBe(`${clientsOrigin}/stand-in/`)
    await page.close()
  })
})
