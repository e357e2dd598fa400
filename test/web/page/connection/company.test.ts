import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { NEON, type PageStage, RAIN, setPageStage } from '../stage/stage'

/** Lets a test reach the page's sockets, and set whether the page is visible. */
const KEEP_SOCKETS = `
  globalThis.sockets = []
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url)
      sockets.push(this)
    }
  }
  globalThis.sleep = (state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }
`

describe.skipIf(!hasChromium())('the page in company', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage({ demo: { faulty: true } })
  })
  afterAll(() => stage.stop())
  beforeEach(() => stage.call('tracklist.clear'))
  afterEach(() => stage.sweep())

  test('two see at once what the other does', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    const [one, other] = await Promise.all([
      stage.open('/', { role: 'member' }),
      stage.open('/queue', { role: 'guest', size: 'desk' }),
    ])
    await one.button('Play').click()
    await other.page.locator('.queue-row[aria-current]', { hasText: 'Ticket Gate Love' }).waitFor()
    await one.button('Next').click()
    await other.page.locator('.queue-row[aria-current]', { hasText: '東京サイダー' }).waitFor()
    await other.link('Search').click()
    await other.page.getByRole('searchbox').fill('tin vespa')
    await other.button('Add Rain on a Tin Vespa').click()
    await one.link('Queue 5').click()
    const row = one.page.locator('.queue-row', { hasText: 'Rain on a Tin Vespa' })
    await row.getByText('guest').waitFor()
    await one.link('Playing').click()
    await one.button('Pause').click()
    await one.page.getByRole('slider', { name: 'Volume' }).fill('20')
    await until(async () => (await stage.call('mixer.get_volume')) === 20, 'the volume')
  })

  test('a guest chooses songs, and sees no button that is not for guests', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button, link, heading } = await stage.open('/', { role: 'guest' })
    await heading('Ticket Gate Love').waitFor()
    await page.getByText('Guests choose songs; members press the buttons.').waitFor()
    await page.getByRole('progressbar', { name: 'Position' }).waitFor()
    for (const name of ['Pause', 'Next', 'Stop', 'Mute', 'Repeat'])
      expect([name, await button(name).count()]).toEqual([name, 0])
    expect(await page.getByRole('slider').count()).toBe(0)
    await link('Queue 4').click()
    await page.locator('.queue-row').first().waitFor()
    for (const name of ['Clear', 'Shuffle', 'Save as playlist', /^Remove/, /^Move/])
      expect([name, await button(name).count()]).toEqual([name, 0])
    await button('Account: guest').waitFor()
    await link('Playing').click()
    await button('Add a song').click()
    await page.waitForURL('**/search')
  })

  test('what is refused is taken back, and the reason is said', async () => {
    const limits = { limits: { max_queued: 1 } }
    const { token, musakone } = stage
    const set = (json: object) =>
      musakone.request('/api/roles/guest', { token, method: 'PATCH', json })
    expect((await set(limits)).status).toBe(200)
    const { page, button } = await stage.open('/search?q=rain', { role: 'guest' })
    await button('Add Umbrella Stand').click()
    await page.getByText('Added “Umbrella Stand”').waitFor()
    await button('Add Petrichor, Please').click()
    await page.locator('.toast.problem').waitFor()
    expect(await page.locator('.toast.problem').textContent()).toMatch(/guest/i)
    await until(
      async () => (await page.locator('.badge').textContent())?.startsWith('1') === true,
      'the count to go back',
    )
    expect(await stage.call('tracklist.get_length')).toBe(1)
    await musakone.request('/api/roles/guest', { token, method: 'DELETE' })
  })

  test('a command that is refused shows again how it really is', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button } = await stage.open('/', { role: 'member' })
    await button('Pause').waitFor()
    const { token, musakone } = stage
    const reply = await musakone.request('/api/roles/member', {
      token,
      method: 'PATCH',
      json: { permissions: ['see', 'browse', 'queue.add'] },
    })
    expect(reply.status).toBe(200)
    await button('Pause').click()
    await page.getByText('A member may not pause.').waitFor()
    // The page has fetched the new permissions.
    await button('Pause').waitFor({ state: 'detached' })
    expect(await stage.call('playback.get_state')).toBe('playing')
    await musakone.request('/api/roles/member', { token, method: 'DELETE' })
  })

  test('a lost connection is said, and once it is back all is right by itself', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, context, heading, button } = await stage.open('/')
    await heading('Ticket Gate Love').waitFor()
    await context.setOffline(true)
    await page.evaluate(`dispatchEvent(new Event('offline'))`)
    await page.getByText('Reconnecting…').waitFor()
    await button('Next').click()
    await page.getByText('There is no connection to Musakone right now.').waitFor()
    await stage.call('playback.next')
    await context.setOffline(false)
    const at = performance.now()
    await heading('東京サイダー').waitFor()
    expect(performance.now() - at).toBeLessThan(1_500)
    await page.locator('.pill').waitFor({ state: 'detached' })
  })

  test('a phone that wakes up is right within a second', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, heading } = await stage.open('/')
    await page.addInitScript(KEEP_SOCKETS)
    await page.reload()
    await heading('Ticket Gate Love').waitFor()
    // The old socket is dead, and neither end knows.
    await page.evaluate(`{
      sleep('hidden')
      for (const socket of sockets) {
        socket.onmessage = null
        socket.send = () => {}
      }
    }`)
    await stage.call('playback.next')
    const woken = Date.now()
    await page.evaluate(`{
      const { now } = Date
      Date.now = () => now() + 60_000
      sleep('visible')
    }`)
    await heading('東京サイダー').waitFor()
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    // It takes half a second on an idle machine; waiting for the back-off would take longer than the limit.
    expect(Date.now() - woken).toBeLessThan(5_000)
  })

  test('Mopidy away has a face, and goes away with it', async () => {
    const { page } = await stage.open('/queue')
    await page.getByText('The queue is empty').waitFor()
    const { faults } = stage.musakone.demo ?? {}
    faults?.refuse?.(true)
    await page.getByText('The music server does not answer.').waitFor()
    faults?.refuse?.(false)
    await page.getByText('The queue is empty').waitFor()
  })

  test('a session that is ended elsewhere leads to the login', async () => {
    const token = await stage.musakone.logIn('member')
    const { page } = await stage.open('/queue', { token })
    await page.getByText('The queue is empty').waitFor()
    await stage.musakone.request('/api/auth/logout', { token, method: 'POST' })
    await page.waitForURL('**/login?next=%2Fqueue')
  })

  test('it leads there once, however much hears that it has ended', async () => {
    const token = await stage.musakone.logIn('member')
    const { page, button } = await stage.open('/queue', { token })
    await page.getByText('The queue is empty').waitFor()
    const ended = Promise.withResolvers<void>()
    const heard = Promise.withResolvers<void>()
    let underWay = 0
    let refused = 0
    const left: string[] = []
    // The page may have aborted the request, and then it cannot continue.
    await page.route('**/api/**', async (route) => {
      underWay += 1
      await ended.promise
      await route.continue().catch(() => {})
    })
    // While the login is loading, the page still runs and hears the other refusals.
    await page.route('**/login?*', async (route) => {
      left.push(new URL(route.request().url()).search)
      await heard.promise
      await route.continue().catch(() => {})
    })
    page.on('response', (response) => {
      if (response.status() === 401) refused += 1
    })
    await button('Account: member').click()
    await page.getByRole('link', { name: 'My listening' }).click()
    await until(() => underWay >= 3, 'several requests under way')
    await stage.musakone.request('/api/auth/logout', { token, method: 'POST' })
    ended.resolve()
    await until(() => refused >= 3, 'several to be refused')
    heard.resolve()
    await page.waitForURL('**/login?next=%2Flistening')
    expect(left).toEqual(['?next=%2Flistening'])
  })

  test('from the invite to a song in the queue, without reading anything', async () => {
    const { url } = await stage.invite({ name: 'Friday' })
    const { page, button } = await stage.open(url.replace(stage.musakone.origin, ''), { token: '' })
    // The page has focused the field for the name.
    await page.locator('input:focus').waitFor()
    const at = performance.now()
    await page.keyboard.type('Ida')
    await page.keyboard.press('Enter')
    await button('Add a song').click()
    await page.getByRole('searchbox').fill('tin vespa')
    await button('Add Rain on a Tin Vespa').click()
    await page.getByText('Added “Rain on a Tin Vespa”').waitFor()
    expect(performance.now() - at).toBeLessThan(10_000)
    const [track] = (await stage.call('tracklist.get_tracks')) as { uri: string }[]
    expect(track?.uri).toBe(RAIN)
  })
})
