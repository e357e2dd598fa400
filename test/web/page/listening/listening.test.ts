import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Locator } from 'playwright-core'
import { hasChromium } from '../../../clients/browser'
import { TEST_PASSWORD, until } from '../../../support/test-musakone'
import { misfits, violations } from '../stage/axe'
import { type PageStage, type Size, setPageStage } from '../stage/stage'
import { idsOf, noon, TICKET, VESPA, writeListening } from './listened'

/** The visible text of an element on one line, once the element is there. */
async function textOf(locator: Locator): Promise<string> {
  await locator.first().waitFor()
  return (await locator.allInnerTexts()).join(' ').replaceAll(/\s+/g, ' ')
}

const SIZES: readonly Size[] = ['phone', 'desk']
/** A year that is over, even when the test runs on New Year's Day. */
const PAST_YEAR = new Date().getFullYear() - 2

describe.skipIf(!hasChromium())('my listening', () => {
  let stage: PageStage
  let ids: Readonly<Record<string, number>>
  beforeAll(async () => {
    stage = await setPageStage()
    ids = idsOf(stage.databasePath)
    const { member = 0, guest = 0, admin = 0 } = ids
    writeListening(stage.databasePath, {
      plays: [
        // 12 minutes this week, 4 in the week before, none in the 30 days before the last 30.
        { at: noon(1), by: member },
        { at: noon(2), by: member },
        { at: noon(3), by: member, song: VESPA, reason: 'skipped', endedBy: admin },
        { at: noon(9), by: member, song: VESPA },
        { at: noon(1), by: guest, song: VESPA },
        // Plays in a past year, and none in the year before it.
        ...Array.from({ length: 60 }, (_, index) => ({
          at: new Date(PAST_YEAR, 5, 15, 8, index),
          by: member,
        })),
        { at: new Date(PAST_YEAR, 8, 3, 12), by: member, song: VESPA, minutes: 2 },
      ],
      deeds: [
        { at: noon(1), by: member, type: 'queue_add', song: TICKET },
        {
          at: noon(2),
          by: member,
          type: 'search',
          metadata: { query: { any: ['tin vespa'] }, results: 3 },
        },
        { at: noon(2), by: member, type: 'volume_changed', metadata: { volume: 35, from: 60 } },
        {
          at: noon(3),
          by: member,
          type: 'options_changed',
          metadata: { option: 'random', value: true },
        },
        {
          at: noon(40),
          by: member,
          type: 'playlist_saved',
          metadata: { name: 'Friday', uri: 'm3u:f' },
        },
      ],
    })
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  /** Makes an account that has heard and done nothing yet. */
  async function someone(username: string, role: 'member' | 'guest' = 'member') {
    const { administration } = stage.musakone.services.accounts
    const user = { username, role, password: TEST_PASSWORD }
    const { id } = await administration.create({ by: 'the test' }, user)
    return { id, token: await stage.musakone.logIn(username) }
  }

  test('who comes from the administration finds it as ever', async () => {
    const { page, link } = await stage.open('/admin', { role: 'admin', size: 'desk' })
    await page.locator('.admin .card').first().waitFor()
    await link('The room').click()
    await page.locator('.listening .card').first().waitFor()
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.listening .card')).display`),
    ).toBe('block')
  })

  test.each(SIZES)(
    'statistics, on a %s: the figures of a span, compared in words',
    async (size) => {
      const { page, button, link, heading } = await stage.open('/', { size })
      if (size === 'phone') {
        await button('Account: member').click()
        expect(await page.locator('.places').getByText('My listening').isVisible()).toBe(false)
      }
      await link('My listening').click()
      await heading('My listening').waitFor()
      const tile = (name: string) => textOf(page.locator('.tile', { hasText: name }).locator('dd'))
      await button('Week').click()
      await page.waitForURL('**/listening?span=week')
      await page.getByText('8 min more than in the 7 days before').waitFor()
      expect(await tile('Listened')).toStartWith('12 min')
      expect(await tile('Plays')).toBe('3 2 more than in the 7 days before')
      expect(await tile('Streak')).toContain('3 days')
      await button('Month').click()
      await page.getByText('Nothing in the 30 days before').first().waitFor()
      expect(await tile('Listened')).toStartWith('16 min')
      await button('All time').click()
      await page.getByText(`Since 15 June ${PAST_YEAR}`).first().waitFor()
      expect(await tile('Plays')).toStartWith('65')
      await page.reload()
      await page.getByText(`Since 15 June ${PAST_YEAR}`).first().waitFor()
      expect(await button('All time').getAttribute('aria-pressed')).toBe('true')
    },
  )

  test('statistics: days, hours, tops and what was queued, each also in words', async () => {
    const { page, button } = await stage.open('/listening?span=week', { size: 'desk' })
    const chart = page.getByRole('list', { name: 'Day by day' })
    await chart.waitFor()
    const days = await chart.getByRole('listitem').allInnerTexts()
    expect(days.length).toBe(7)
    const yesterday = noon(1).toLocaleDateString('en-GB', { weekday: 'long' })
    expect(days[5]).toStartWith(yesterday)
    expect(days[5]).toContain(': 4\u00a0min')
    expect(days[6]).toContain(': 0\u00a0s')
    // The bars' heights match their values.
    const heights = await page
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().height))
    expect(heights[5]).toBeGreaterThan(50)
    expect(heights[6]).toBeLessThan(5)
    const week = page.getByRole('table', { name: 'When it is heard' })
    expect(await week.getByRole('cell', { name: '4 min' }).count()).toBe(3)
    expect(await week.getByRole('row').count()).toBe(8)
    expect(await textOf(page.locator('.top-song .row-title').first())).toBe('Ticket Gate Love')
    await page.getByText('2 plays · Mirai Arcade').waitFor()
    await page.getByText('1 song added').waitFor()
    await page.getByText('Others skipped 33% of it.').waitFor()
    const skipped = page.locator('.legend > div', { hasText: 'Skipped by others' })
    expect(await textOf(skipped.locator('dd'))).toBe('1')
    await button('Add Ticket Gate Love').first().click()
    await until(async () => (await stage.call('tracklist.get_length')) === 1, 'the song')
    await page.getByRole('link', { name: /tin vespa/ }).click()
    await page.waitForURL('**/search?q=tin+vespa')
    await button('Add Rain on a Tin Vespa').waitFor()
  })

  test.each(SIZES)('a year in review, on a %s', async (size) => {
    const { page, heading, link, button } = await stage.open('/listening', { size })
    await page.locator('.review-link').click()
    await page.waitForURL(/\/listening\?year=\d{4}$/)
    await page.goto(`${stage.musakone.origin}/listening?year=${PAST_YEAR}`)
    await heading(`${PAST_YEAR} in review`).waitFor()
    const hero = await textOf(page.locator('.hero'))
    expect(hero).toBe(
      `${PAST_YEAR} 242 minutes of music were heard of what you queued 61 plays on 2 days`,
    )
    const fact = (name: string) => textOf(page.locator('.fact', { hasText: name }).locator('dd'))
    expect(await fact('Song of the year')).toStartWith('Ticket Gate Love')
    expect(await fact('Artist of the year')).toStartWith('Mirai Arcade')
    expect(await fact('Loudest day')).toContain('15 June')
    expect(await fact('First song of the year')).toContain('Ticket Gate Love')
    expect(await fact('Last song of the year')).toContain('3 September')
    const months = await page
      .getByRole('list', { name: 'Twelve months' })
      .getByRole('listitem')
      .allInnerTexts()
    expect(
      months.map((text) => text.split('\n')[0]).filter((text) => !text?.endsWith(': 0\u00a0s')),
    ).toEqual(['June: 4\u00a0h', 'September: 2\u00a0min'])
    await heading('New artists: 2').waitFor()
    expect(await link(`${PAST_YEAR - 1} in review`).count()).toBe(0)
    await link(`${PAST_YEAR + 1} in review`).click()
    await heading(`${PAST_YEAR + 1} in review`).waitFor()
    await page.goto(`${stage.musakone.origin}/listening?year=1999`)
    await heading('Nothing was heard in 1999').waitFor()
    await button('Back').click()
    await heading('My listening').waitFor()
  })

  test.each(SIZES)('history, on a %s: filters by kind, words and time, and pages', async (size) => {
    const { page, button, link } = await stage.open('/listening', { size })
    await link('History').click()
    const rows = page.locator('.history-row')
    const names = () => rows.locator('.row-title').allInnerTexts()
    await until(async () => (await rows.count()) === 50, 'the first page')
    expect((await names()).slice(0, 4)).toEqual([TICKET[1], TICKET[1], VESPA[1], VESPA[1]])
    await page.getByText('heard 4:00 / 4:00, skipped by admin').waitFor()
    await button('Show more').click()
    await until(async () => (await rows.count()) === 65, 'all')
    await page.getByText('That was all.').waitFor()
    await page.getByLabel('Kind').selectOption('Skipped'.toLowerCase())
    await until(async () => (await names()).join() === VESPA[1], 'the skipped one')
    await page.getByLabel('Kind').selectOption('')
    await page.getByRole('searchbox', { name: 'Find in the history' }).fill('vespa')
    await until(async () => (await rows.count()) === 3, 'those with the word')
    await page.getByLabel('When').selectOption('Last 7 days')
    await until(async () => (await rows.count()) === 1, 'those of the week')
    await page.getByLabel('When').selectOption('Between two days')
    await page.getByLabel('From', { exact: true }).fill(`${PAST_YEAR}-09-03`)
    await page.getByLabel('To', { exact: true }).fill(`${PAST_YEAR}-09-03`)
    await until(async () => (await names()).join() === VESPA[1] && (await rows.count()) === 1, 'it')
    await page.getByText(`${PAST_YEAR}`).first().waitFor()
    await page.getByRole('searchbox', { name: 'Find in the history' }).fill('xyzzy')
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
  })

  test('history: what I did, told as a person would', async () => {
    const { page, button } = await stage.open('/listening?show=history', { size: 'desk' })
    await button('Done').click()
    const rows = page.locator('.history-row')
    await until(async () => (await rows.count()) >= 5, 'the actions')
    const told = await rows.locator('.row-words').allInnerTexts()
    for (const text of [
      'Ticket Gate Love\nAdded · Mirai Arcade',
      '“tin vespa”\nSearch · 3 results',
      'From 60 to 35\nVolume',
      'Shuffle on\nPlayback mode',
      'Friday\nPlaylist saved',
    ])
      expect(told).toContain(text)
    await page.getByLabel('Kind').selectOption('Search')
    await page.waitForURL('**kind=search**')
    await until(async () => {
      const kinds = await rows.locator('.row-hint').allTextContents()
      return kinds.length > 0 && kinds.every((kind) => kind.startsWith('Search · '))
    }, 'nothing but searches')
  })

  test('my data: taken away, brought back, and said what was not understood', async () => {
    const { token, id } = await someone('archivist')
    writeListening(stage.databasePath, {
      plays: [{ at: noon(100), by: id }],
      deeds: [{ at: noon(100), by: id, type: 'pause' }],
    })
    const { page, link, button } = await stage.open('/listening?show=data', { token })
    const files = new Map<string, string>()
    for (const [name, extension] of [
      ['JSON lines', 'jsonl'],
      ['CSV', 'csv'],
      ['ListenBrainz', 'jsonl'],
    ] as const) {
      const coming = page.waitForEvent('download')
      await link(name).click()
      const download = await coming
      expect(download.suggestedFilename()).toEndWith(`.${extension}`)
      files.set(name, await Bun.file(await download.path()).text())
      expect([name, files.get(name)?.includes('Ticket Gate Love')]).toEqual([name, true])
    }
    await button('Delete').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click()
    await page.getByLabel('What to delete').selectOption('Everything')
    await button('Delete').click()
    await page
      .getByRole('dialog')
      .getByText(/Everything: all that you did is deleted/)
      .waitFor()
    await button('Delete for ever').click()
    await page.getByText('1 action deleted; your name taken off 1 place').waitFor()
    const bring = async (name: string, text: string) => {
      const choosing = page.waitForEvent('filechooser')
      await button('Choose a file').click()
      await (await choosing).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
    }
    await bring('history.csv', files.get('CSV') ?? '')
    await page.getByText('2 entries brought back.').waitFor()
    await bring('history.jsonl', `${files.get('JSON lines')}\n{"nothing":1}\n`)
    await page.getByText('0 entries brought back, 2 there already.').waitFor()
    await page.getByText('1 line was not understood:').waitFor()
    await page.getByText(/^Line \d+ is not a record/).waitFor()
  })

  test('my data: deleting the last hour keeps the rest', async () => {
    const { token, id } = await someone('forgetful')
    writeListening(stage.databasePath, {
      deeds: [
        { at: new Date(Date.now() - 60_000), by: id, type: 'pause' },
        { at: noon(5), by: id, type: 'pause' },
      ],
    })
    const { page, button } = await stage.open('/listening?show=data', { token })
    await button('Delete').click()
    await button('Delete for ever').click()
    await page.getByText('1 action deleted').waitFor()
    await page.goto(`${stage.musakone.origin}/listening?show=history&list=done`)
    await page.locator('.history-row').first().waitFor()
    expect(await page.locator('.history-row').count()).toBe(1)
  })

  test.each(SIZES)('incognito, on a %s: a switch, and a sign wherever one goes', async (size) => {
    const { token, id } = await someone(`shy-${size}`)
    const { page, link } = await stage.open('/listening?show=data', { token, size })
    const toggle = page.getByRole('switch')
    await page.getByText('Incognito is off').waitFor()
    await toggle.click()
    await page.getByText('Incognito is on').waitFor()
    const { incognito } = stage.musakone.services
    await until(() => incognito.isOn(id), 'the switch')
    await link('Queue').click()
    await page.locator('.incognito-sign').waitFor()
    await page.reload()
    await page.locator('.incognito-sign').click()
    await toggle.focus()
    await page.keyboard.press('Space')
    await page.getByText('Incognito is off').waitFor()
    await until(() => !incognito.isOn(id), 'it to be off')
    expect(await page.locator('.incognito-sign').count()).toBe(0)
  })

  test('a guest of whom nothing is known: friendly faces, and no import', async () => {
    const { token } = await someone('newcomer', 'guest')
    const { page, heading, link, button } = await stage.open('/listening', { token })
    await heading('Nothing in this time').waitFor()
    await button('All time').first().click()
    await heading('Nothing heard yet').waitFor()
    await link('History').click()
    await heading('Nothing here').waitFor()
    await link('My data').click()
    await page.getByText('Guests cannot bring a history back; members can.').waitFor()
    expect(await button('Choose a file').count()).toBe(0)
  })

  test('who may not see what was heard here still has what they did', async () => {
    const { musakone, token } = stage
    const patch = (permissions: string[]) =>
      musakone.request('/api/roles/guest', { token, method: 'PATCH', json: { permissions } })
    expect((await patch(['see', 'browse', 'queue.add'])).status).toBe(200)
    const visitor = await someone('visitor', 'guest')
    writeListening(stage.databasePath, { deeds: [{ at: noon(1), by: visitor.id, type: 'pause' }] })
    const { page, button, link } = await stage.open('/listening?show=history', {
      token: visitor.token,
      size: 'desk',
    })
    await page.locator('.history-row', { hasText: 'Pause' }).waitFor()
    expect(await button('Heard').count()).toBe(0)
    expect(await link('The room').count()).toBe(0)
    await page.goto(`${musakone.origin}/room`)
    await page.getByRole('heading', { name: 'The room’s history is not for you' }).waitFor()
    await musakone.request('/api/roles/guest', { token, method: 'DELETE' })
  })

  test('what cannot be asked for has a face, and a way to ask again', async () => {
    const { page, button } = await stage.open('/', { size: 'desk' })
    await page.route('**/api/analytics/stats?*', (route) => route.abort())
    await page.getByRole('link', { name: 'My listening' }).click()
    await page.getByText('There is no connection to Musakone right now.').waitFor()
    await page.unroute('**/api/analytics/stats?*')
    await button('Try again').click()
    await page.locator('.tile').first().waitFor()
    await page.route('**/page/room-screen-*', (route) => route.abort())
    await page.getByRole('link', { name: 'The room' }).click()
    await page.getByText('There is no connection to Musakone right now.').waitFor()
    await page.unroute('**/page/room-screen-*')
    await button('Try again').click()
    await page.getByRole('heading', { name: 'Here now' }).waitFor()
  })

  test('by keyboard alone: from the queue to what was searched for', async () => {
    const { page } = await stage.open('/queue', { size: 'desk' })
    const focused = () =>
      page.evaluate('document.activeElement.textContent.trim()') as Promise<string>
    async function tabTo(text: string, most = 60) {
      for (let presses = 0; (await focused()) !== text; presses += 1) {
        if (presses > most) throw new Error(`no way to ${text}`)
        await page.keyboard.press('Tab')
      }
    }
    await tabTo('My listening')
    await page.keyboard.press('Enter')
    await page.locator('.tile').first().waitFor()
    await tabTo('Week')
    await page.keyboard.press('Enter')
    await page.waitForURL('**span=week')
    await until(async () => (await focused()) === 'Week', 'the focus to stay')
    await page.locator('.tile').first().waitFor()
    await page.goto(`${stage.musakone.origin}/listening?show=data`)
    await page.getByRole('switch').waitFor()
    await tabTo('Delete')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toBe('Delete')
  })

  test.each([
    ['phone', 'light'],
    ['phone', 'dark'],
    ['desk', 'light'],
    ['desk', 'dark'],
  ] as const)('axe finds nothing wrong, and all fits, on a %s, %s', async (size, colorScheme) => {
    const { page, button } = await stage.open('/', { size, colorScheme })
    for (const [path, ready] of [
      ['/listening?span=week', '.tile'],
      ['/listening?span=all', '.tile'],
      [`/listening?year=${PAST_YEAR}`, '.hero'],
      ['/listening?show=history&when=dates', '.history-row'],
      ['/listening?show=history&list=done', '.history-row'],
      ['/listening?show=data', '.switch'],
    ] as const) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await misfits(page)]).toEqual([path, []])
    }
    await button('Delete').click()
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('a German browser is told all of it in German', async () => {
    const { page } = await stage.open('/listening?span=week', { locale: 'de-DE' })
    await page.getByText('mehr als in den 7 Tagen davor').first().waitFor()
    await page.goto(`${stage.musakone.origin}/listening?year=${PAST_YEAR}`)
    await page.getByText('61-mal an 2 Tagen').waitFor()
    await page.goto(`${stage.musakone.origin}/listening?show=data`)
    await page.getByText('Inkognito ist aus').waitFor()
  })
})
