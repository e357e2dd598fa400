import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../clients/browser'
import { until } from '../../support/test-musakone'
import { violations } from './stage/axe'
import { NEON, type PageStage, type Size, setPageStage } from './stage/stage'

describe.skipIf(!hasChromium())('the page for everyone', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  const PLACES: readonly [path: string, ready: string][] = [
    ['/', '.now-words'],
    ['/queue', '.queue-row'],
    ['/search', '.rows'],
    ['/search?q=rain', '.song-row'],
    ['/browse', '.folder-row'],
    ['/browse?uri=demo:album:neon-commuter&name=Neon+Commuter&type=album', '.song-row'],
    ['/playlists', '.folder-row'],
    ['/screen', '.wall-now'],
  ]

  test.each([
    ['phone', 'light'],
    ['desk', 'dark'],
  ] as const)('axe finds nothing wrong with any screen, on a %s, %s', async (size, colorScheme) => {
    const { page } = await stage.open('/', { size, colorScheme, role: 'admin' })
    for (const [path, ready] of PLACES) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      expect([path, await violations(page)]).toEqual([path, []])
    }
    await page.goto(`${stage.musakone.origin}/queue`)
    await page.locator('.queue-row .row-main').first().click()
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test.each(['phone', 'desk'] as const)(
    'fits a %s, and targets are large enough',
    async (size: Size) => {
      const { page } = await stage.open('/', { size })
      for (const [path, ready] of PLACES) {
        await page.goto(stage.musakone.origin + path)
        await page.locator(ready).first().waitFor()
        const small = await page.evaluate(`[...document.querySelectorAll('button, a, input')]
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([, { width, height }]) => width > 1 && (height < (innerWidth < 900 ? 43.9 : 24) || width < 40))
        .map(([element]) => element.outerHTML.slice(0, 90))`)
        expect([path, small]).toEqual([path, []])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
      }
    },
  )

  test('by keyboard alone: a song moves in the queue, and the handle keeps the focus', async () => {
    const long = Array.from({ length: 60 }, () => 'demo:track:valoisa:01')
    await stage.call('tracklist.add', { uris: long })
    const { page, queued } = await stage.open('/queue', { size: 'desk' })
    await page.locator('.queue-row').nth(3).waitFor()
    const focused = () =>
      page.evaluate(`document.activeElement.getAttribute('aria-label')`) as Promise<string>
    for (let presses = 0; !(await focused())?.startsWith('Move Ticket Gate Love'); presses += 1) {
      if (presses > 40) throw new Error('no way to the handle')
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('ArrowDown')
    await until(async () => (await queued())[1] === 'Ticket Gate Love', 'one down')
    await until(async () => (await focused())?.startsWith('Move Ticket'), 'the focus')
    await page.keyboard.press('ArrowDown')
    await until(async () => (await queued())[2] === 'Ticket Gate Love', 'two down')
    await page.getByText('Ticket Gate Love: now number 3').waitFor({ state: 'attached' })
    await page.keyboard.press('End')
    await until(async () => (await queued()).at(-1) === 'Ticket Gate Love', 'the end')
    await until(async () => (await focused())?.startsWith('Move Ticket'), 'the focus at the end')
    await page.keyboard.press('Home')
    await until(async () => (await queued())[0] === 'Ticket Gate Love', 'the start')
    await until(async () => (await focused())?.startsWith('Move Ticket'), 'the focus at the start')
    const tracks = (await stage.call('tracklist.get_tracks')) as { uri: string }[]
    expect(tracks.map(({ uri }) => uri)).toEqual([...NEON, ...long])
  })

  test('by keyboard alone: search, add, and close a sheet', async () => {
    const { page } = await stage.open('/search', { size: 'desk' })
    await page.keyboard.type('tin vespa')
    const add = page.getByRole('button', { name: 'Add Rain on a Tin Vespa' })
    await add.waitFor()
    const row = page.getByRole('button', { name: /^Rain on a Tin Vespa/ })
    await row.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const focused = await page.evaluate('document.activeElement.textContent')
    expect(focused).toStartWith('Rain on a Tin Vespa')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Added “Rain on a Tin Vespa”').waitFor()
  })
})
