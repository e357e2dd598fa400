import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { NEON, type PageStage, RAIN, setPageStage } from '../stage/stage'

describe.skipIf(!hasChromium())('the page while it opens', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  /** A page that is signed in and has not loaded yet. */
  async function before(kept = false) {
    const opened = await stage.open('/login', { token: '', kept })
    await opened.context.addCookies([
      { name: 'musakone', value: stage.tokens.member, url: stage.musakone.origin },
    ])
    return opened
  }

  /** Holds the page's socket back until the test lets it connect. */
  async function hold(page: Page): Promise<() => void> {
    const connected = Promise.withResolvers<void>()
    await page.routeWebSocket('**/ws', async (socket) => {
      await connected.promise
      socket.connectToServer()
    })
    return connected.resolve
  }

  const registrations = (page: Page) =>
    page.evaluate(
      'navigator.serviceWorker.getRegistrations().then(({ length }) => length)',
    ) as Promise<number>

  test('shows what plays without waiting for events, and what changed before they came', async () => {
    const { page, heading } = await before()
    const connect = await hold(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url().replace(stage.musakone.origin, '')))
    await page.goto(`${stage.musakone.origin}/`)
    await heading('Ticket Gate Love').waitFor()
    await page.locator('.badge', { hasText: '4 songs' }).waitFor()
    await page.locator('[data-connection=connecting]').waitFor()
    // The script uses the requests that the page preloads, and makes none of them twice.
    expect(asked.filter((path) => path.startsWith('/api/')).toSorted()).toEqual([
      '/api/auth/me',
      '/api/playback/state',
      '/api/queue?offset=0&limit=200',
    ])
    await stage.call('tracklist.add', { uris: [RAIN] })
    await stage.call('playback.next')
    connect()
    await page.locator('.badge', { hasText: '5 songs' }).waitFor()
    await page.locator('.now-words h2:not(:text-is("Ticket Gate Love"))').waitFor()
  })

  test('searches for what its address says as soon as there is a connection, however late', async () => {
    const { page } = await before()
    const connect = await hold(page)
    await page.goto(`${stage.musakone.origin}/search?q=rain`)
    await page.locator('.waiting').waitFor()
    // A typed search would have been sent by then.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 500))')
    connect()
    await page.locator('.song-row').first().waitFor()
  })

  test('writes its numbers and times without what takes a slow phone long to begin with', async () => {
    const { page } = await before()
    await page.addInitScript(`
      globalThis.used = []
      for (const name of ['DateTimeFormat', 'NumberFormat', 'PluralRules'])
        Intl[name] = new Proxy(Intl[name], {
          construct(target, options) {
            used.push(name)
            return new target(...options)
          },
        })
      for (const { prototype } of [Number, Date])
        for (const name of ['toLocaleString', 'toLocaleTimeString', 'toLocaleDateString']) {
          const before = prototype[name]
          if (before !== undefined)
            prototype[name] = function (...options) {
              used.push(name)
              return before.apply(this, options)
            }
        }`)
    await page.goto(`${stage.musakone.origin}/`)
    await page.locator('.up-next .length').first().waitFor()
    await page.getByRole('link', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('rain')
    await page.locator('.song-row .add').first().click()
    await page.locator('.toast').waitFor()
    expect(await page.evaluate('used')).toEqual([])
  })

  test('is kept for later only when what plays is shown', async () => {
    const { page } = await before(true)
    const answered = Promise.withResolvers<void>()
    await page.route('**/api/playback/state', async (route) => {
      await answered.promise
      // The page may have aborted the request.
      await route.continue().catch(() => {})
    })
    await page.goto(`${stage.musakone.origin}/`)
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    await page.locator('.badge').waitFor()
    await page.evaluate('new Promise((resolve) => requestIdleCallback(resolve))')
    expect(await registrations(page)).toBe(0)
    answered.resolve()
    await page.locator('.now-words').waitFor()
    await until(async () => (await registrations(page)) === 1, 'the page to be kept')
  })
})
