import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { idsOf, noon, TICKET, VESPA, writeListening } from '../listening/listened'
import { misfits, violations } from '../stage/axe'
import { type PageStage, type Size, setPageStage } from '../stage/stage'

const SIZES: readonly Size[] = ['phone', 'desk']
/** A year that is over, even when the test runs on New Year's Day. */
const PAST_YEAR = new Date().getFullYear() - 2

describe.skipIf(!hasChromium())('the room', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
    const { member = 0, guest = 0, admin = 0 } = idsOf(stage.databasePath)
    writeListening(stage.databasePath, {
      plays: [
        { at: noon(1), by: member },
        { at: noon(1), by: guest, song: VESPA, reason: 'skipped', endedBy: admin, minutes: 1 },
        { at: noon(2), by: null },
        { at: new Date(PAST_YEAR, 2, 1, 12), by: guest, minutes: 30 },
      ],
      deeds: [{ at: noon(1), by: member, type: 'queue_add', song: TICKET }],
    })
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  test.each(SIZES)('who is here, on a %s: they come and go by themselves', async (size) => {
    const { page, heading, link, button } = await stage.open('/', { role: 'guest', size })
    if (size === 'phone') await button('Account: guest').click()
    await link('The room').click()
    await heading('Here now').waitFor()
    const here = async () =>
      (await page.locator('.here-people .row-title').allTextContents()).toSorted()
    // The admin is here by the socket of the test itself.
    await until(async () => (await here()).join() === 'admin,guest', 'the two')
    await page
      .locator('.here-people li', { hasText: 'guest' })
      .getByText(/you · Guest · since/)
      .waitFor()
    const other = await stage.open('/', { role: 'member', size: 'desk' })
    await until(async () => (await here()).join() === 'admin,guest,member', 'the third')
    await page
      .locator('.here-people')
      .getByText(/Member · since \d/)
      .waitFor()
    await other.context.close()
    await until(async () => (await here()).join() === 'admin,guest', 'the third to leave')
  })

  test('who is incognito has no name here', async () => {
    const { incognito } = stage.musakone.services
    const { member = 0 } = idsOf(stage.databasePath)
    incognito.set(member, true)
    await stage.open('/queue', { role: 'member' })
    const { page } = await stage.open('/room', { role: 'guest' })
    await page.getByText('and one incognito').waitFor()
    expect(await page.locator('.here').getByText('member').count()).toBe(0)
    incognito.set(member, false)
    await page.locator('.here').getByText('member', { exact: true }).waitFor()
  })

  test.each(SIZES)('what everybody heard, on a %s', async (size) => {
    const { page, link } = await stage.open('/room?span=week', { role: 'guest', size })
    await page
      .locator('.tile', { hasText: 'Listened' })
      .getByText('9 min', { exact: true })
      .waitFor()
    const whose = page.locator('.card', { hasText: 'Whose music' })
    const people = await whose.locator('.ranked').allInnerTexts()
    expect(people.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'M member 1 play · 4 min',
      'G guest 1 play · 1 min',
    ])
    expect(await page.getByText('Searched for').count()).toBe(0)
    await page.getByText('1 song added').waitFor()
    await link('History').click()
    const rows = page.locator('.history-row')
    await until(async () => (await rows.count()) === 4, 'the plays')
    await rows.filter({ hasText: 'guest · heard 1:00 / 4:00, skipped by admin' }).waitFor()
    await page.getByLabel('Kind').selectOption('skipped')
    await until(async () => (await rows.count()) === 1, 'the skipped one')
  })

  test('the room has a year in review too', async () => {
    const { page, heading } = await stage.open(`/room?year=${PAST_YEAR}`, { size: 'desk' })
    await heading(`${PAST_YEAR} in review`).waitFor()
    await page.locator('.hero').waitFor()
    const hero = (await page.locator('.hero').allInnerTexts()).join(' ')
    expect(hero.replaceAll(/\s+/g, ' ')).toBe(
      `${PAST_YEAR} 30 minutes of music were heard 1 play on 1 day`,
    )
    await page.getByRole('link', { name: 'The room' }).click()
    await heading('Here now').waitFor()
  })

  test.each([
    ['phone', 'dark'],
    ['desk', 'light'],
  ] as const)('axe finds nothing wrong, and all fits, on a %s, %s', async (size, colorScheme) => {
    const { page } = await stage.open('/', { size, colorScheme })
    for (const [path, ready] of [
      ['/room?span=week', '.tile'],
      ['/room?show=history', '.history-row'],
      [`/room?year=${PAST_YEAR}`, '.hero'],
    ] as const) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      if (path.includes('span')) await page.locator('.here-people li').first().waitFor()
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await misfits(page)]).toEqual([path, []])
    }
  })
})
