import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hasChromium } from '../../clients/browser'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../../support/real-mopidy'
import { TEST_PASSWORD, until } from '../../support/test-musakone'
import { type PageStage, setPageStage } from './stage/stage'

describe.skipIf(!hasChromium() || !hasRealMopidy())('the page before a real Mopidy', () => {
  let mopidy: RealMopidy
  let stage: PageStage
  beforeAll(async () => {
    mopidy = await startRealMopidy()
    stage = await setPageStage({ mopidyUrl: mopidy.url })
    // The songs last seconds, and would end during the test otherwise.
    await stage.call('tracklist.set_repeat', { value: true })
  }, 120_000)
  afterAll(async () => {
    await stage?.stop()
    await mopidy?.stop()
  })
  afterEach(() => stage.sweep())

  test.each(['phone', 'desk'] as const)(
    'on a %s: log in, search, add, play, skip, the queue, the volume, a playlist',
    async (size) => {
      await stage.call('tracklist.clear')
      const { page, button, link, heading, queued } = await stage.open('/search', {
        size,
        token: '',
      })
      await page.waitForURL('**/login?next=%2Fsearch')
      await page.getByRole('textbox', { name: 'Name' }).fill('member')
      await page.locator('#password').fill(TEST_PASSWORD)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/search')
      const song = async (title: string) => {
        await page.getByRole('searchbox').fill(title)
        await button(`Add ${title}`).click()
        await page.getByText(`Added “${title}”`).first().waitFor()
      }
      // "Whistle" lasts half a minute, longer than the test needs it.
      await song('Whistle')
      await song('Two Sugars')
      await link('Playing').click()
      await button('Play').click()
      await heading('Whistle').waitFor()
      await page.locator('.now-person', { hasText: 'you' }).waitFor()
      await page.locator('.stage img.cover').waitFor()
      await until(
        () =>
          page.evaluate(
            `document.querySelector('.stage img.cover').naturalWidth > 0`,
          ) as Promise<boolean>,
        'the cover',
      )
      await button('Next').click()
      await heading('Two Sugars').waitFor()
      await page.getByRole('slider', { name: 'Volume' }).fill('30')
      await until(async () => (await stage.call('mixer.get_volume')) === 30, 'the volume')
      await button('Pause').click()
      await until(async () => (await stage.call('playback.get_state')) === 'paused', 'the pause')
      await link('Queue 2').click()
      await page.locator('.queue-row[aria-current]', { hasText: 'Two Sugars' }).waitFor()
      expect(await queued()).toEqual(['Whistle', 'Two Sugars'])
      await button('Save as playlist').click()
      await page.getByLabel('Name', { exact: true }).fill(`Real on a ${size}`)
      await button('Save').click()
      await page.getByText(`Saved “Real on a ${size}”`).waitFor()
      await page.locator('.queue-row .row-main').first().click()
      await button('Add to a playlist').click()
      await button(`Real on a ${size}`).click()
      await page.getByText(`Added to “Real on a ${size}”`).waitFor()
      await link('Playlists').click()
      await link(`Real on a ${size}`).click()
      await page.getByText('3 songs', { exact: true }).waitFor()
      await link('Library').click()
      await link('Albums').click()
      await link('Second Cup').click()
      await page.getByRole('button', { name: 'Add all' }).click()
      await until(async () => (await stage.call('tracklist.get_length')) === 10, 'the album')
    },
  )
})
