import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../clients/browser'
import { until } from '../../support/test-musakone'
import { NEON, type PageStage, RAIN, type Size, setPageStage } from './stage/stage'

const SIZES: readonly Size[] = ['phone', 'desk']

describe.skipIf(!hasChromium())('the screens of the page', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
  })
  afterAll(() => stage.stop())
  beforeEach(async () => {
    await stage.call('tracklist.clear')
    for (const name of ['repeat', 'random', 'single', 'consume'])
      await stage.call(`tracklist.set_${name}`, { value: false })
  })
  afterEach(() => stage.sweep())

  test('without a session it leads to the login, and back to where one was going', async () => {
    const { page } = await stage.open('/search?q=rain', { token: '' })
    await page.waitForURL('**/login?next=%2Fsearch%3Fq%3Drain')
  })

  test.each(SIZES)('playing, on a %s: play, pause, next, seek, volume, modes', async (size) => {
    await stage.call('tracklist.add', { uris: NEON })
    const { page, button, heading } = await stage.open('/', { size })
    await page.getByText('4 songs wait in the queue.').waitFor()
    await button('Play').click()
    await heading('Ticket Gate Love').waitFor()
    await page.getByText('Queued by').waitFor()
    await page.locator('.now-person').getByText('admin').waitFor()
    await button('Pause').click()
    await until(async () => (await stage.call('playback.get_state')) === 'paused', 'the pause')
    await button('Play').click()
    await button('Next').click()
    await heading('東京サイダー').waitFor()
    await page.getByRole('slider', { name: 'Position' }).fill('60000')
    await until(
      async () => Number(await stage.call('playback.get_time_position')) >= 60_000,
      'the seek',
    )
    await page.getByRole('slider', { name: 'Volume' }).fill('35')
    await until(async () => (await stage.call('mixer.get_volume')) === 35, 'the volume')
    await button('Mute').click()
    await button('Unmute').waitFor()
    expect(await stage.call('mixer.get_mute')).toBe(true)
    await button('Unmute').click()
    for (const [name, method] of [
      ['Shuffle', 'random'],
      ['Repeat', 'repeat'],
      ['Stop after each song', 'single'],
      ['Remove played songs', 'consume'],
    ] as const) {
      await button(name).click()
      await until(async () => (await stage.call(`tracklist.get_${method}`)) === true, name)
      expect(await button(name).getAttribute('aria-pressed')).toBe('true')
    }
    await button('Stop').click()
    await until(async () => (await stage.call('playback.get_state')) === 'stopped', 'the stop')
    await button('Play').waitFor()
  })

  test.each(SIZES)(
    'search, on a %s: as one types, and what is added is there at once',
    async (size) => {
      const { page, button } = await stage.open('/search', { size })
      await page.getByRole('searchbox').pressSequentially('rain on', { delay: 20 })
      await button('Add Rain on a Tin Vespa').waitFor()
      await page.waitForURL('**/search?q=rain+on')
      const badge = page.locator('.badge')
      const face = page.evaluate(`new Promise((resolve) => {
      addEventListener('click', () => {
        const at = performance.now()
        const look = () => document.querySelector('.badge')
          ? resolve(performance.now() - at)
          : requestAnimationFrame(look)
        look()
      }, { capture: true, once: true })
    })`)
      await button('Add Rain on a Tin Vespa').click()
      expect(Number(await face)).toBeLessThan(100)
      await page.getByText('Added “Rain on a Tin Vespa”').waitFor()
      expect(await badge.textContent()).toStartWith('1')
      expect(await stage.call('tracklist.get_length')).toBe(1)
    },
  )

  test('search finds albums, artists and playlists, and says when it finds nothing', async () => {
    const { page, heading, link } = await stage.open('/search?q=rain')
    await link('Everything with rain in it').waitFor()
    await page.getByRole('searchbox').fill('lumen')
    await heading('Artists').waitFor()
    await page.getByRole('link', { name: 'Lumen Café', exact: true }).click()
    await heading('Lumen Café').waitFor()
    await link('Après the Rain').click()
    await heading('Après the Rain').waitFor()
    await page.getByRole('button', { name: 'Add all' }).click()
    await until(async () => (await stage.call('tracklist.get_length')) === 8, 'the album')
    await page.goBack()
    await heading('Lumen Café').waitFor()
    await page.goto(`${stage.musakone.origin}/search?q=xyzzy`)
    await heading('Nothing found for “xyzzy”').waitFor()
  })

  test('a song is added next, or played now, by its sheet', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button } = await stage.open('/search?q=tin+vespa')
    const row = page.getByRole('button', { name: /^Rain on a Tin Vespa/ })
    await row.click()
    await button('Add next').click()
    await until(async () => (await stage.call('tracklist.get_length')) === 5, 'the song')
    const [, second] = (await stage.call('tracklist.get_tracks')) as { uri: string }[]
    expect(second?.uri).toBe(RAIN)
    await row.click()
    await button('Play now').click()
    await until(
      async () =>
        ((await stage.call('playback.get_current_track')) as { uri: string }).uri === RAIN,
      'it to play',
    )
  })

  test.each(SIZES)('library, on a %s: from the top to a song', async (size) => {
    const { page, link, heading, button } = await stage.open('/browse', { size })
    await link('Genres').click()
    await heading('Genres').waitFor()
    await link('Bolero').click()
    await link('La hora azul').click()
    await button('Add Nadie contesta').click()
    await until(async () => (await stage.call('tracklist.get_length')) === 1, 'the song')
    await button('Back').click()
    await heading('Bolero').waitFor()
    expect(page.url()).toContain('name=Bolero')
  })

  test('queue: who added what and when it plays; remove and undo, clear and undo', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button, queued } = await stage.open('/queue', { size: 'desk' })
    const rows = page.locator('.queue-row')
    await rows.nth(3).waitFor()
    expect(await rows.nth(0).textContent()).toMatch(/admin.*Now2:27|admin.*Now.*2:27/)
    expect(await rows.nth(1).locator('.when').textContent()).toMatch(/^\d\d:\d\d$/)
    const before = await queued()
    await button('Remove: Elevator Sunset').click()
    await until(async () => (await queued()).length === 3, 'it to go')
    await button('Undo').click()
    await until(async () => (await queued()).join() === before.join(), 'it to come back')
    await button('Clear').click()
    await page.getByText('The queue is empty').waitFor()
    await page.getByText('4 songs removed').waitFor()
    await button('Undo').click()
    await until(async () => (await queued()).join() === before.join(), 'them to come back')
    await until(async () => (await stage.call('playback.get_state')) === 'playing', 'it to play')
  })

  test('queue: dragged to another place by the handle', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    const { page, button, queued } = await stage.open('/queue')
    const grip = button('Move Ticket Gate Love: arrow keys')
    const box = await grip.boundingBox()
    if (box === null) throw new Error('there is no handle')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + 70, { steps: 4 })
    await page.mouse.move(x, y + 138, { steps: 4 })
    await page.locator('[data-dragged]').waitFor()
    await page.waitForFunction(
      `new DOMMatrix(getComputedStyle(document.querySelector('[data-dragged]')).transform).f > 120`,
    )
    await page.mouse.up()
    await until(async () => (await queued())[2] === 'Ticket Gate Love', 'it to move')
    const tracks = (await stage.call('tracklist.get_tracks')) as { name: string }[]
    expect(tracks.map(({ name }) => name)).toEqual(await queued())
  })

  test('queue: ten thousand songs, of which only those that are seen exist', async () => {
    const uris = (await stage.call('library.browse', {
      uri: 'demo:directory?type=track',
    })) as { uri: string }[]
    const many = Array.from({ length: 900 }, (_, index) => uris[index % uris.length]?.uri)
    for (let added = 0; added < 9_900; added += 900)
      await stage.call('tracklist.add', { uris: many })
    const { page } = await stage.open('/queue')
    await page.getByText('9,900 songs', { exact: true }).first().waitFor()
    await page.locator('.queue-row').first().waitFor()
    await page.evaluate(`document.querySelector('[data-scrolls]').scrollTo(0, 9000 * 68)`)
    await page.locator('li[aria-posinset="9003"] .queue-row .row-title').waitFor()
    expect(await page.locator('.virtual > li').count()).toBeLessThan(60)
  })

  test.each(SIZES)(
    'playlists, on a %s: save the queue, open, rename, add, delete',
    async (size) => {
      await stage.call('tracklist.add', { uris: NEON })
      const { page, button, link, heading } = await stage.open('/playlists', { size })
      await link('Friday afternoon').waitFor()
      await button('Save the queue').click()
      await page.getByLabel('Name', { exact: true }).fill(`Best of ${size}`)
      await button('Save').click()
      await link(`Best of ${size}`).click()
      await heading(`Best of ${size}`).waitFor()
      await button('Rename').click()
      await page.getByLabel('Name', { exact: true }).fill(`Worst of ${size}`)
      await button('Save').click()
      await heading(`Worst of ${size}`).waitFor()
      await button('Add all').click()
      await until(async () => (await stage.call('tracklist.get_length')) === 8, 'the songs')
      await button('Delete').first().click()
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await link('Friday afternoon').waitFor()
      expect(await link(`Worst of ${size}`).count()).toBe(0)
    },
  )

  test('the wall shows what plays, what is next, and a code to join', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button, heading } = await stage.open('/screen', { role: 'admin', size: 'desk' })
    await heading('Ticket Gate Love').waitFor()
    await page.getByText('Elevator Sunset').waitFor()
    await button('Show a code to join').click()
    const code = page.getByRole('img', { name: 'Scan to add songs' })
    await code.waitFor()
    await page.waitForFunction(`document.querySelector('.join-code img').naturalWidth > 0`)
  })

  test('a German browser is spoken to in German', async () => {
    const { page, link } = await stage.open('/', { locale: 'de-AT' })
    await page.getByText('Es läuft nichts').waitFor()
    await link('Schlange').click()
    await page.getByText('Die Schlange ist leer').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
  })
})
