import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { hasChromium } from '../../../clients/browser'
import { TEST_PASSWORD, until } from '../../../support/test-musakone'
import { violations } from '../stage/axe'
import { type PageStage, type Size, setPageStage } from '../stage/stage'

const SIZES: readonly Size[] = ['phone', 'desk']
const NEW_PASSWORD = 'a new battery for the horse'

describe.skipIf(!hasChromium())('the first start', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  const accounts = () => stage.musakone.services.accounts

  /** Deletes all accounts but the admin's, as on the first day. */
  async function alone(): Promise<void> {
    for (const { id, username } of accounts().administration.list())
      if (username !== 'admin') await accounts().administration.remove({ by: 'the test' }, id)
  }

  /** Waits until the page has stored that the box is not new. */
  const remembered = (page: Page) =>
    until(
      async () => (await page.evaluate(`localStorage.getItem('musakone.first-start')`)) !== null,
      'it to be known',
    )

  test.each(SIZES)('on a %s, a first password is changed before anything else', async (size) => {
    const username = `newcomer-${size}`
    await accounts().administration.create(
      { by: 'the test' },
      { username, role: 'admin', password: TEST_PASSWORD, must_change_password: true },
    )
    const { page, context, heading, button } = await stage.open('/login', { token: '', size })
    const value = await stage.musakone.logIn(username)
    await context.addCookies([{ name: 'musakone', value, url: stage.musakone.origin }])
    await page.goto(`${stage.musakone.origin}/queue`)
    await heading('Choose a password of your own').waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Current password').fill(TEST_PASSWORD)
    await page.getByLabel('New password').fill(TEST_PASSWORD)
    await page.getByLabel('The same again').fill(TEST_PASSWORD)
    await button('Change password').click()
    await page.getByRole('alert').getByText('must differ from the current one').waitFor()
    await page.getByLabel('New password').fill(NEW_PASSWORD)
    await page.getByLabel('The same again').fill(NEW_PASSWORD)
    await page.keyboard.press('Enter')
    // The address that was opened first is shown, and connected.
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    await heading('Queue').waitFor()
    expect(new URL(page.url()).pathname).toBe('/queue')
    expect(await stage.musakone.logIn(username, NEW_PASSWORD)).toBeString()
  })

  test('with people in the house nobody is led anywhere', async () => {
    const { page } = await stage.open('/', { role: 'admin' })
    await remembered(page)
    await page.getByText('Nothing is playing').waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
  })

  test.each(SIZES)(
    'on a %s, the owner of a new box is led from the start page, once',
    async (size) => {
      await alone()
      const { page, button, heading } = await stage.open('/', { role: 'admin', size })
      await heading('Welcome').waitFor()
      expect(page.url()).toEndWith('/admin?part=start')
      for (const step of ['Your password', 'The first invite'])
        await page.getByRole('heading', { name: step }).waitFor()
      await page.getByText('Mopidy is there. Music can play.').waitFor()
      await page.getByRole('heading', { name: 'The front door' }).waitFor()
      expect(await violations(page)).toEqual([])
      await button('Change password').click()
      await page.getByLabel('Current password').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await button('Finish').click()
      await page.getByText('Nothing is playing').waitFor()
      await page.reload()
      await page.getByText('Nothing is playing').waitFor()
      expect(new URL(page.url()).pathname).toBe('/')
      // The overview of the administration still links to it.
      await page.goto(`${stage.musakone.origin}/admin`)
      await page.getByRole('link', { name: 'First steps' }).click()
      await heading('Welcome').waitFor()
    },
  )

  test('Mopidy away is said, with what to do, and found when it is back', async () => {
    await alone()
    const { faults } = stage.musakone.demo ?? {}
    faults?.refuse?.(true)
    const { page, button } = await stage.open('/admin?part=start', { role: 'admin' })
    await page.getByText('sudo systemctl enable --now mopidy').waitFor()
    faults?.refuse?.(false)
    await stage.musakone.online()
    await button('Look again').first().click()
    await page.getByText('Mopidy is there. Music can play.').waitFor()
  })

  test('by keyboard alone to an invite to print; then the box is no longer new', async () => {
    await alone()
    const { page, heading } = await stage.open('/', { role: 'admin', size: 'desk' })
    await heading('Welcome').waitFor()
    await page.getByRole('button', { name: 'Make an invite to print' }).waitFor()
    const focused = () =>
      page.evaluate('document.activeElement.textContent.trim()') as Promise<string>
    for (let presses = 0; (await focused()) !== 'Make an invite to print'; presses += 1) {
      if (presses > 60) throw new Error('no way to the button')
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await until(
      async () =>
        (await page.evaluate(`document.querySelector('.poster img')?.naturalWidth > 0`)) === true,
      'the code',
    )
    const other = await stage.open('/', { role: 'admin' })
    await remembered(other.page)
    expect(new URL(other.page.url()).pathname).toBe('/')
  })
})

describe.skipIf(!hasChromium())('the first start where nobody may come by an invite', () => {
  test('says how to let them', async () => {
    const stage = await setPageStage({ registration: 'closed' })
    const { page } = await stage.open('/admin?part=start', { role: 'admin' })
    await page.getByText('Set REGISTRATION=invite').waitFor()
    expect(await page.getByRole('button', { name: 'Make an invite to print' }).count()).toBe(0)
    await stage.sweep()
    await stage.stop()
  })
})
