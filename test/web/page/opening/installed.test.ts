import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'

import type { Page } from 'playwright-core'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { NEON, type PageStage, setPageStage } from '../stage/stage'

/** The paths in each cache, by the cache's name. */
const KEPT = `caches.keys().then(async (names) => Object.fromEntries(await Promise.all(names.map(
  async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)]))))`

describe.skipIf(!hasChromium())('the page as it is installed', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  // Opening a cache that is being deleted would create it again, so some tests read only the names.
  const caches = (page: Page) => page.evaluate('caches.keys()') as Promise<string[]>
  const kept = (page: Page) => page.evaluate(KEPT) as Promise<Record<string, string[]>>
  const taken = (page: Page) =>
    until(
      () =>
        page.evaluate(
          `navigator.serviceWorker.controller?.state === 'activated'`,
        ) as Promise<boolean>,
      'the page to be kept',
    )

  const lookForNew = (page: Page) =>
    page.evaluate(
      'navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => {})',
    )

  test('opens without a connection, says so, and goes on by itself', async () => {
    const { page, context, heading, link } = await stage.open('/', { kept: true })
    await heading('Ticket Gate Love').waitFor()
    await taken(page)
    await context.setOffline(true)
    for (const path of ['/', '/search?q=rain', '/room']) {
      await page.goto(stage.musakone.origin + path)
      await heading('There is no connection to Musakone right now.').waitFor()
    }
    await link('Playing').click()
    await heading('There is no connection to Musakone right now.').waitFor()
    await context.setOffline(false)
    await heading('Ticket Gate Love').waitFor()
  })

  test('keeps the page and its files, and no answer of anything else', async () => {
    const { page, button, context, heading } = await stage.open('/', { kept: true, role: 'guest' })
    await taken(page)
    for (const path of ['/search?q=rain', '/browse', '/queue', '/health', '/'])
      await page.goto(stage.musakone.origin + path)
    await page.evaluate(`Promise.all(
      ['/api/playback/state', '/login', '/demo/cover/neon-commuter.svg'].map((path) => fetch(path)))`)
    const [paths = [], ...others] = Object.values(await kept(page))
    expect(others).toEqual([])
    expect(paths).toContain('/')
    expect(paths.filter((path) => path !== '/' && !/^\/page\/[\w-]+\.\w+$/.test(path))).toEqual([])
    await heading('Ticket Gate Love').waitFor()
    await context.setOffline(true)
    const refused = await page.evaluate(
      `Promise.allSettled(['/api/auth/me', '/health', '/login'].map((path) => fetch(path)))
        .then((all) => all.map(({ status }) => status))`,
    )
    expect(refused).toEqual(['rejected', 'rejected', 'rejected'])
    await context.setOffline(false)
    // A logout counts, whatever the worker keeps.
    await button('Account: guest').click()
    await button('Log out').click()
    await page.waitForURL(/\/login(\?|$)/)
    await page.goto(`${stage.musakone.origin}/queue`)
    await page.waitForURL('**/login?next=%2Fqueue')
    stage.tokens.guest = await stage.musakone.logIn('guest')
  })

  test('takes its files from what is kept, and asks anew for every answer', async () => {
    using front = standBefore(stage.musakone.origin)
    const { origin, asked } = front
    const { page } = await stage.open('/queue', { kept: true, token: '', origin })
    await taken(page)
    const ask = () =>
      page.evaluate(`fetch('/api/playback/history').then(async (response) =>
        response.ok ? (await response.json()).times : response.status)`)
    expect([await ask(), await ask()]).toEqual([1, 2])
    asked.length = 0
    await page.goto(`${origin}/search`)
    await page.getByRole('navigation').waitFor()
    expect(asked).toContain('/search')
    expect(asked.filter((path) => /^\/page\/.*\.(js|css)$/.test(path))).toEqual([])
    expect(await ask()).toBe(3)
    front.fails = true
    expect(await ask()).toBe(502)
    front.fails = false
    expect(await ask()).toBe(4)
  })

  test('shows a new page at the next load, and forgets the old one', async () => {
    using front = standBefore(stage.musakone.origin)
    const { origin } = front
    const { page } = await stage.open('/queue', { kept: true, token: '', origin })
    const title = () => page.locator('meta[name=version]').getAttribute('content')
    await taken(page)
    expect(await title()).toBe('1')
    const [[name]] = Object.entries(await kept(page)) as [[string, string[]]]
    expect(name).toStartWith('musakone-page-')
    front.version = 2
    await page.goto(`${origin}/queue`)
    expect(await title()).toBe('2')
    // The browser looks for a new worker at a time of its own choice, so the test asks for it.
    await lookForNew(page)
    await until(async () => !(await caches(page)).includes(name), 'the old page to be forgotten')
    expect(await caches(page)).toEqual([`${name}-2`])
    // A page that was open during the update loads anew at its next link.
    front.version = 3
    await lookForNew(page)
    await until(async () => (await caches(page)).includes(`${name}-3`), 'the third')
    await until(async () => !(await caches(page)).includes(`${name}-2`), 'the second to go')
    await page.getByRole('link', { name: 'Search' }).click()
    await until(async () => (await title()) === '3', 'the third page')
    // The kept page opens when the server hangs, and when a proxy answers in its place.
    front.version = 4
    front.hangs = true
    await page.goto(`${origin}/search`)
    expect(await title()).toBe('3')
    front.hangs = false
    front.fails = true
    await page.goto(`${origin}/search`)
    expect(await title()).toBe('3')
    front.fails = false
    await page.goto(`${origin}/search`)
    expect(await title()).toBe('4')
  })
})

const integrityOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** A proxy before the server that can change the page's version, hang and fail. */
function standBefore(origin: string) {
  const state = { version: 1, hangs: false, fails: false, asked: [] as string[] }
  let times = 0
  const metaOf = (version: number) => `<meta name="version" content="${version}"></head>`
  const pageOf = async (version: number) =>
    (await (await fetch(`${origin}/`)).text()).replace('</head>', metaOf(version))
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      state.asked.push(pathname)
      if (state.hangs && /^\/\w*$/.test(pathname)) await new Promise(() => {})
      if (state.fails) return new Response('starting', { status: 502 })
      const { version } = state
      if (pathname === '/api/playback/history') {
        times += 1
        return Response.json({ times })
      }
      // Nobody is signed in at the proxy's origin: a 401 would open the login.
      if (pathname.startsWith('/api/')) return new Response('{}', { status: 503 })
      const response = await fetch(origin + pathname + search)
      const headers = new Headers(response.headers)
      for (const name of ['content-encoding', 'content-length', 'etag']) headers.delete(name)
      // Without the HTTP cache, only the service worker can answer a second request.
      headers.set('cache-control', 'no-store')
      const text = await response.text()
      const other =
        pathname === '/service-worker.js'
          ? text
              .replace(/musakone-page-\w+/, version === 1 ? '$&' : `$&-${version}`)
              .replace(/(\["\/","text\/html",")[^"]+/, `$1${integrityOf(await pageOf(version))}`)
          : text.replace('</head>', metaOf(version))
      return new Response(other, { status: response.status, headers })
    },
  })
  return Object.assign(state, {
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.dispose]: () => void server.stop(true),
  })
}
