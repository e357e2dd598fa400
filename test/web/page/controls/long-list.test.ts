import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { type PageStage, setPageStage } from '../stage/stage'

const SONGS = 2_000

describe.skipIf(!hasChromium())('a long list', () => {
  let stage: PageStage
  let names: string[]
  beforeAll(async () => {
    stage = await setPageStage()
    const all = (await stage.call('library.browse', {
      uri: 'demo:directory?type=track',
    })) as { uri: string }[]
    const uris = Array.from({ length: SONGS }, (_, index) => all[(index * 7) % all.length]?.uri)
    for (let start = 0; start < SONGS; start += 500)
      await stage.call('tracklist.add', { uris: uris.slice(start, start + 500) })
    const tracks = (await stage.call('tracklist.get_tracks')) as { name: string }[]
    names = tracks.map(({ name }) => name)
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  /** The rows in the order of the document: number, title, and whether the element is a reused one. */
  const ROWS = `[...document.querySelectorAll('.virtual > li')].map((row) =>
    [Number(row.ariaPosInSet), row.querySelector('.row-title')?.textContent ?? '', 'old' in row.dataset])`
  type Row = [place: number, title: string, old: boolean]

  test('shows the same rows again while it scrolls, and at rest has them in order', async () => {
    const { page } = await stage.open('/queue')
    await page.locator('.queue-row').nth(8).waitFor()
    const rows = () => page.evaluate(ROWS) as Promise<Row[]>
    await page.evaluate(
      `for (const row of document.querySelectorAll('.virtual > li')) row.dataset.old = ''`,
    )
    const inOrder = async () => {
      const places = (await rows()).map(([place]) => place)
      return places.every((place, at) => at === 0 || place === (places[at - 1] ?? 0) + 1)
    }
    for (let to = 0; to <= 60 * 68; to += 2 * 68) {
      await page.evaluate(`document.querySelector('[data-scrolls]').scrollTo(0, ${to})`)
      const first = Math.floor(to / 68) + 1
      await until(async () => (await rows()).some(([place]) => place === first), `row ${first}`)
      for (const [place, title] of await rows())
        expect([place, title]).toEqual([place, names[place - 1] ?? ''])
    }
    await until(inOrder, 'the rows to be in order')
    const now = await rows()
    expect(now[0]?.[0]).toBeGreaterThan(40)
    // At the top of the list no rows are kept above the visible ones.
    expect(now.filter(([, , old]) => old).length).toBeGreaterThan(now.length / 2)
  })

  test('a row that goes takes the focus with it: what stands there next does not get it', async () => {
    const { page } = await stage.open('/queue', { size: 'desk' })
    await page.locator('.queue-row .row-main').nth(2).focus()
    await page.evaluate(`document.querySelector('[data-scrolls]').scrollTo(0, 200 * 68)`)
    await page.locator('li[aria-posinset="202"]').waitFor()
    expect(await page.evaluate('document.activeElement.tagName')).not.toBe('BUTTON')
    // A row that was reused opens the song that it shows.
    await page.locator('li[aria-posinset="204"] .row-main').click()
    await page.getByRole('dialog', { name: names[203] ?? '', exact: true }).waitFor()
  })
})
