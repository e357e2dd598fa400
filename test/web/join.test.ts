import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Party, startParty } from '../accounts/party'
import { hasChromium, startChromium } from '../clients/browser'
import { startWebMopidy } from '../gateway/proxy/web-mopidy'

const PASSWORD = 'nine green bottles'

describe('the page of invites', () => {
  let mopidy: Awaited<ReturnType<typeof startWebMopidy>>
  let party: Party
  beforeAll(async () => {
    mopidy = await startWebMopidy(['iris', 'musicbox_webclient'])
    party = await startParty({ registration: 'open', mopidyUrl: mopidy.url })
    await party.musakone.online()
  })
  afterAll(async () => {
    await party.musakone.stop()
    await mopidy.stop()
  })

  describe('as it is served', () => {
    test('A11 brings nothing from elsewhere, and nothing inline that its policy forbids', async () => {
      const { musakone } = party
      const page = await musakone.request('/join')
      const html = await page.text()
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ])
      const policy = page.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(html).not.toMatch(/https?:|["'(=]\s*\/\//)
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
      const assets = [...html.matchAll(/<(?:link|script)[^>]*\b(?:src|href)="(\/[^"]+)"/g)]
      expect(assets.map(([, path]) => path)).toEqual([
        '/login/login.css',
        '/join/join.css',
        '/join/join.js',
      ])
      for (const [, path = ''] of assets) {
        const response = await musakone.request(path)
        expect([path, response.status]).toEqual([path, 200])
        expect(response.headers.get('x-content-type-options')).toBe('nosniff')
        expect(await response.text()).not.toMatch(/https?:|@import|url\(/)
      }
    })

    test('has a label for every field, and no other page below it', async () => {
      const html = await (await party.musakone.request('/join')).text()
      for (const [, id] of html.matchAll(/<input id="([^"]+)"/g))
        expect(html).toContain(`<label for="${id}">`)
      const { token } = party
      expect((await party.musakone.request('/join/other', { token })).status).toBe(404)
    })
  })

  describe.skipIf(!hasChromium())('in a browser', () => {
    let browser: Browser
    let context: BrowserContext
    let page: Page
    const complaints: string[] = []
    beforeAll(async () => {
      browser = await startChromium()
    })
    afterAll(() => browser.close())
    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 390, height: 844 } })
      page = await context.newPage()
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
    })
    afterEach(async () => {
      await context.close()
      // Errors of the script and of the policy count; refused requests are expected in some tests.
      const others = complaints
        .splice(0)
        .filter((text) => !text.startsWith('Failed to load resource'))
      expect(others).toEqual([])
    })

    /** Opens the link in a new document, as a scan does: from the same page, only the fragment would change. */
    async function scan(url: string): Promise<void> {
      await page.goto('about:blank')
      await page.goto(url)
    }
    const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
    const button = (name: string) => page.getByRole('button', { name })
    const field = (name: string) => page.getByLabel(name, { exact: true })
    /** Waits for the start page with the account of that name. */
    const arrived = (name: string) =>
      page.getByRole('button', { name: `Account: ${name}`, exact: true }).waitFor()
    const problem = (sentence: string) => page.getByRole('alert').getByText(sentence).waitFor()
    const whoAmI = async () =>
      (await page.evaluate(`fetch('/api/auth/me').then((reply) => reply.json())`)) as {
        username?: string
        role?: string
      }

    test('to find that nobody is signed in is no failure', async () => {
      const { url } = await party.invite()
      await scan(url)
      await field('Nickname').waitFor()
      await page.goto(`${new URL(url).origin}/login`, { waitUntil: 'networkidle' })
      expect(complaints).toEqual([])
    })

    test('a guest is in with a nickname alone', async () => {
      const { url } = await party.invite({ name: 'Noras <b>Geburtstag</b>' })
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url(), request.headers().referer ?? ''))
      await scan(url)
      await heading('Noras <b>Geburtstag</b>')
      expect(await page.getByText('Choose a nickname, and you are in until').isVisible()).toBe(true)
      expect(await field('Password').isVisible()).toBe(false)
      // The field has the focus already; the space that a phone adds after a word is cut off.
      await page.keyboard.type('Ida ')
      await button('Join').click()
      await arrived('Ida')
      expect(await whoAmI()).toMatchObject({ username: 'Ida', role: 'guest' })
      const [cookie] = await context.cookies()
      expect(cookie).toMatchObject({ name: 'musakone', httpOnly: true })
      const [, code = '?'] = url.split('#')
      // Playwright reports the page's own address with its fragment, which browsers never send.
      expect(
        asked.filter((text) => text.includes(code) && !text.endsWith(`/join#${code}`)),
      ).toEqual([])
    })

    test('who scans again goes on as before, or as somebody else', async () => {
      const { url } = await party.invite()
      await scan(url)
      await field('Nickname').fill('Jo')
      await button('Join').click()
      await arrived('Jo')
      await scan(url)
      await heading('Welcome back')
      await page.getByText('You are in as Jo.').waitFor()
      await button('Go on').click()
      await arrived('Jo')
      expect(await whoAmI()).toMatchObject({ username: 'Jo' })
      await scan(url)
      await button('Join as somebody else').click()
      await field('Nickname').fill('Jill')
      await button('Join').click()
      await arrived('Jill')
      expect(await whoAmI()).toMatchObject({ username: 'Jill' })
    })

    test('a nickname that is taken is said to be, and another is there', async () => {
      const { url } = await party.invite()
      await scan(url)
      await field('Nickname').fill('ADMIN')
      await button('Join').click()
      await problem('That name is already in use.')
      expect(await field('Nickname').inputValue()).toBe('ADMIN-2')
      await button('Join').click()
      await arrived('ADMIN-2')
      await scan(url)
      await button('Join as somebody else').click()
      await field('Nickname').fill('admin-2')
      await button('Join').click()
      await problem('That name is already in use.')
      await page.keyboard.press('Enter')
      await arrived('admin-3')
    })

    test('a nickname of two words is joined to one', async () => {
      const { url } = await party.invite()
      await scan(url)
      await field('Nickname').fill(' Anna  K ')
      await button('Join').click()
      await arrived('Anna-K')
    })

    test('a name that will not do is said to be so in a sentence', async () => {
      const { url } = await party.invite({ role: 'member' })
      await scan(url)
      await field('Name').fill('two words')
      await field('Password').fill('a lighthouse in the fog')
      await button('Join').click()
      await problem('A name has 1 to 64 visible characters, and no spaces.')
      await field('Name').fill('two-words')
      await button('Join').click()
      await arrived('two-words')
    })

    test('a member chooses a password as well, and can come back with it', async () => {
      const { url } = await party.invite({ role: 'member' })
      await scan(url)
      await page.getByText('You are invited as a member.').waitFor()
      await field('Name').fill('kay')
      await field('Password').fill('password')
      await button('Join').click()
      await problem('That password is one of the most common: choose another.')
      await field('Password').fill(PASSWORD)
      await button('Join').click()
      await arrived('kay')
      expect(await party.musakone.logIn('kay', PASSWORD)).toBeString()
    })

    test('an invite that has ended is said to be so, with a way to log in', async () => {
      const { url, id } = await party.invite()
      await scan(url)
      await field('Nickname').fill('Lou')
      await party.end(id)
      await button('Join').click()
      await problem('This invite has ended, has been used up, or never was.')
      await scan(url)
      await heading('Sorry, no way in here')
      await page.getByText('Ask for a new one.').waitFor()
      await page.getByRole('link', { name: 'Log in' }).click()
      await page.waitForURL('**/login')
    })

    test('another code scanned into the same page counts', async () => {
      const [one, other] = [
        await party.invite({ name: 'One' }),
        await party.invite({ name: 'Two' }),
      ]
      await scan(one.url)
      await heading('One')
      await page.evaluate(`location.hash = '${other.code}'`)
      await heading('Two')
    })

    test('where anyone may, the login page leads here', async () => {
      await page.goto(`${party.musakone.origin}/login`)
      await page.getByRole('link', { name: 'Make an account' }).click()
      await heading('Make an account')
      await field('Name').fill('mel')
      await field('Password').fill(PASSWORD)
      await button('Join').click()
      await arrived('mel')
      expect(await whoAmI()).toMatchObject({ username: 'mel', role: 'guest' })
    })

    test('a German browser is spoken to in German', async () => {
      const { url, id } = await party.invite()
      const german = await browser.newContext({ locale: 'de' })
      const page = await german.newPage()
      await page.goto(url)
      await page.getByText('Wähle einen Spitznamen, und du bist dabei bis').waitFor()
      await page.getByLabel('Spitzname').fill('ADMIN')
      await page.getByRole('button', { name: 'Mitmachen' }).click()
      await page.getByText('Den Namen hat schon jemand.').waitFor()
      await party.end(id)
      await page.reload()
      await page.getByText('Diese Einladung ist zu Ende, aufgebraucht oder war nie eine.').waitFor()
      await german.close()
    })

    test('where nobody may, or only the invited, it says so', async () => {
      for (const [registration, sentence] of [
        ['closed', 'Nobody can make an account here by themselves.'],
        ['invite', 'An account is made with an invite here.'],
      ] as const) {
        const { musakone } = await startParty({ registration, mopidyUrl: mopidy.url })
        await scan(`${musakone.origin}/join`)
        await page.getByText(sentence).waitFor()
        await musakone.stop()
      }
    })

    test('a server that does not answer is said to be so', async () => {
      const { url } = await party.invite()
      await scan(url)
      await field('Nickname').fill('nat')
      await context.setOffline(true)
      await button('Join').click()
      await problem('Musakone does not answer. Try again in a moment.')
    })

    test.each(['light', 'dark'] as const)('fits a phone and a desk, %s', async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      const guest = await party.invite({ name: 'Donaudampfschifffahrtsgesellschaftssommerfest' })
      const member = await party.invite({ role: 'member' })
      for (const { url } of [guest, member])
        for (const width of [320, 390, 1280]) {
          await page.setViewportSize({ width, height: 844 })
          await scan(url)
          await button('Join').waitFor()
          const { scrollWidth, background } = (await page.evaluate(
            `({
              scrollWidth: document.documentElement.scrollWidth,
              background: getComputedStyle(document.querySelector('main')).backgroundColor,
            })`,
          )) as { scrollWidth: number; background: string }
          expect(scrollWidth).toBe(width)
          const [red = 0] = background.match(/\d+/g)?.map(Number) ?? []
          expect(red < 128).toBe(colorScheme === 'dark')
          expect((await button('Join').boundingBox())?.height).toBeGreaterThanOrEqual(44)
        }
    })
  })
})
