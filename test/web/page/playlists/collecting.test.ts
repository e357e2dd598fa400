import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../../clients/browser'
import { until } from '../../../support/test-musakone'
import { NEON, type PageStage, RAIN, setPageStage } from '../stage/stage'

describe.skipIf(!hasChromium())('songs kept in playlists', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
  })
  afterAll(() => stage.stop())
  beforeEach(() => stage.call('tracklist.clear'))
  afterEach(() => stage.sweep())

  type Named = { uri: string; name: string }
  /** The URIs in the playlist of a name; undefined without such a playlist. */
  async function tracksOf(name: string): Promise<string[] | undefined> {
    const all = (await stage.call('playlists.as_list')) as Named[]
    const found = all.find((playlist) => playlist.name === name)
    if (found === undefined) return undefined
    const items = (await stage.call('playlists.get_items', { uri: found.uri })) as Named[]
    return items.map(({ uri }) => uri)
  }
  const holds = (name: string, uris: readonly string[]) =>
    until(
      async () => (await tracksOf(name))?.join() === uris.join(),
      `${name} to hold ${uris.length}`,
    )

  test.each(['phone', 'desk'] as const)(
    'from the search into a new one, from the queue behind it, and out again, on a %s',
    async (size) => {
      const name = `Kept on a ${size}`
      await stage.call('tracklist.add', { uris: NEON })
      const { page, button, link } = await stage.open('/search?q=tin+vespa', { size })
      await page.getByRole('button', { name: /^Rain on a Tin Vespa/ }).click()
      await button('Add to a playlist').click()
      await button('New playlist').click()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await button('Save').click()
      await page.getByText(`Saved “${name}”`).waitFor()
      await holds(name, [RAIN])
      await link('Queue 4').click()
      await page.locator('.queue-row .row-main').nth(1).click()
      await button('Add to a playlist').click()
      await button(name).click()
      await page.getByText(`Added to “${name}”`).waitFor()
      await holds(name, [RAIN, NEON[1] ?? ''])
      await button('Undo').click()
      await holds(name, [RAIN])
    },
  )

  test('an album and what plays go into one that is there, and who has added meanwhile stays', async () => {
    await stage.call('tracklist.add', { uris: [RAIN] })
    await stage.call('playback.play')
    const { page, button, link } = await stage.open(
      '/browse?uri=demo:album:neon-commuter&name=Neon+Commuter&type=album',
    )
    const before = (await tracksOf('Friday afternoon')) ?? []
    expect(before.length).toBeGreaterThan(0)
    await button('Add to a playlist').click()
    await button('Friday afternoon').click()
    await page.getByText(/^\d+ songs added to “Friday afternoon”/).waitFor()
    const album = ((await tracksOf('Friday afternoon')) ?? []).slice(before.length)
    expect(album.slice(0, 4)).toEqual(NEON)
    await link('Playing').click()
    await button('Add to a playlist').click()
    await button('Friday afternoon').click()
    await holds('Friday afternoon', [...before, ...album, RAIN])
    // Undo removes only the songs that its own action added.
    await page
      .locator('.toast', { hasText: 'songs added' })
      .getByRole('button', { name: 'Undo' })
      .click()
    await holds('Friday afternoon', [...before, RAIN])
  })

  test('who may not save playlists is not asked', async () => {
    await stage.call('tracklist.add', { uris: NEON })
    await stage.call('playback.play')
    const { page, button, link, heading } = await stage.open('/search?q=tin+vespa', {
      role: 'guest',
    })
    await page.getByRole('button', { name: /^Rain on a Tin Vespa/ }).click()
    await button('Add next').waitFor()
    expect(await button('Add to a playlist').count()).toBe(0)
    await page.keyboard.press('Escape')
    await link('Playing').click()
    await heading('Ticket Gate Love').waitFor()
    expect(await button('Add to a playlist').count()).toBe(0)
    await page.goto(
      `${stage.musakone.origin}/browse?uri=demo:album:neon-commuter&name=Neon+Commuter&type=album`,
    )
    await button('Add all').waitFor()
    expect(await button('Add to a playlist').count()).toBe(0)
  })
})
