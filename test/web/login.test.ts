import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { hasChromium, startChromium } from '../clients/browser'
import { temporaryFolder } from '../support/executable'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../support/test-musakone'
import { addUser } from '../support/user-rows'

/** Values of `next`, and the address that each leads to. */
const WANTED = [
  ['/iris/', '/iris/'],
  ['/iris/?a=b', '/iris/?a=b'],
  ['', '/'],
  ['iris', '/'],
  ['//evil.example/', '/'],
  ['///evil.example/', '/'],
  ['/\\evil.example/', '/'],
  ['\\\\evil.example/', '/'],
  ['/\t/evil.example/', '/'],
  ['/\n/evil.example/', '/'],
  ['/a\\b', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['data:text/html,x', '/'],
  ['/login', '/'],
  ['/login?next=/login', '/'],
] as const

const NEW_PASSWORD = 'a new battery for the horse'

describe('the login page', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    await addUser(databasePath, { username: 'newcomer', mustChangePassword: true })
  })
  afterAll(() => musakone.stop())

  const get = (path: string) => musakone.request(path, { redirect: 'manual' })

  describe('as it is served', () => {
    test('brings nothing from elsewhere, and nothing inline that its policy forbids', async () => {
      const page = await get('/login?next=%2Firis%2F')
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ])
      const html = await page.text()
      expect(html).not.toMatch(/https?:|["'(=]\s*\/\//)
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
      const assets = [...html.matchAll(/<(?:link|script)[^>]*\b(?:src|href)="(\/[^"]+)"/g)].map(
        ([, path]) => path ?? '',
      )
      expect(assets).toEqual(['/login/login.css', '/login/login.js'])
      for (const asset of assets) {
        const response = await get(asset)
        expect([asset, response.status]).toEqual([asset, 200])
        expect(response.headers.get('x-content-type-options')).toBe('nosniff')
        expect(await response.text()).not.toMatch(/https?:|@import|url\(/)
      }
    })

    test('may load its own files and ask its own server, and be framed by nobody', async () => {
      const policy = (await get('/login')).headers.get('content-security-policy') ?? ''
      const directives = new Map(
        policy.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]),
      )
      expect(directives.get('default-src')).toEqual(["'none'"])
      for (const name of ['script-src', 'style-src', 'connect-src'])
        expect([name, directives.get(name)]).toEqual([name, ["'self'"]])
      for (const name of ['frame-ancestors', 'base-uri', 'form-action'])
        expect([name, directives.get(name)]).toEqual([name, ["'none'"]])
      expect(policy).not.toContain('unsafe')
    })

    test('has a label for every field, and says what browsers fill in', async () => {
      const html = await (await get('/login')).text()
      expect(html).toContain('<html lang="en">')
      expect(html).toContain('name="viewport" content="width=device-width')
      const fields = [...html.matchAll(/<input [^>]*>/g)].map(([field]) => field)
      expect(fields.length).toBe(5)
      for (const field of fields) {
        const id = /\bid="([^"]+)"/.exec(field)?.[1]
        const named = html.includes(`<label for="${id}">`) || field.includes('aria-label=')
        expect([field, named]).toEqual([field, true])
      }
      expect(fields.map((field) => /autocomplete="([^"]+)"/.exec(field)?.[1])).toEqual([
        'username',
        'current-password',
        'username',
        'new-password',
        'new-password',
      ])
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
      context = await browser.newContext({ viewport: { width: 390, height: 700 } })
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

    const open = (search = '') => page.goto(`${musakone.origin}/login${search}`)

    async function logIn(username: string, password: string): Promise<void> {
      await page.getByLabel('Name').first().fill(username)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Log in' }).click()
    }

    /** The path that the browser has opened. */
    async function goneTo(): Promise<string> {
      await page.waitForURL((url) => url.pathname !== '/login')
      return page.url().replace(musakone.origin, '')
    }

    test('a good name and password lead to what was wanted, signed in', async () => {
      await open('?next=%2Firis%2Fqueue%3Fa%3Db')
      await logIn('admin', TEST_PASSWORD)
      expect(await goneTo()).toBe('/iris/queue?a=b')
      const [cookie] = await context.cookies()
      expect(cookie).toMatchObject({ name: 'musakone', httpOnly: true })
    })

    test('who comes from a web client is sent here and back', async () => {
      await page.goto(`${musakone.origin}/demo/cover/nothing.svg`)
      expect(page.url()).toBe(`${musakone.origin}/login?next=%2Fdemo%2Fcover%2Fnothing.svg`)
      await logIn('admin', TEST_PASSWORD)
      expect(await goneTo()).toBe('/demo/cover/nothing.svg')
    })

    test('wrong ones are answered with a sentence, and may be tried again', async () => {
      await open()
      await logIn('admin', 'wrong')
      const problem = page.getByRole('alert')
      await problem.getByText('The username or the password is wrong.').waitFor()
      await logIn('admin', TEST_PASSWORD)
      expect(await goneTo()).toBe('/')
    })

    test('a first password is changed before anything else', async () => {
      await open('?next=/iris/')
      await logIn('NEWCOMER', TEST_PASSWORD)
      const chosen = page.getByLabel('New password')
      const again = page.getByLabel('The same again')
      const set = page.getByRole('button', { name: 'Set password' })
      const problem = page.getByRole('alert')
      await chosen.fill(NEW_PASSWORD)
      await again.fill('something else')
      await set.click()
      await problem.getByText('The two passwords are not the same.').waitFor()
      await chosen.fill(TEST_PASSWORD)
      await again.fill(TEST_PASSWORD)
      await set.click()
      await problem.getByText('The new password must differ from the current one.').waitFor()
      expect(await page.getByRole('button', { name: 'Log in' }).isVisible()).toBe(false)
      await chosen.fill(NEW_PASSWORD)
      await again.fill(NEW_PASSWORD)
      await again.press('Enter')
      expect(await goneTo()).toBe('/iris/')
      expect(await musakone.logIn('newcomer', NEW_PASSWORD)).toBeString()
    })

    test('who is signed in goes on at once', async () => {
      await open('?next=/iris/')
      await logIn('admin', TEST_PASSWORD)
      await goneTo()
      await open('?next=/local/')
      expect(await goneTo()).toBe('/local/')
    })

    test('shows no way to an account of one’s own where nobody may make one', async () => {
      await Promise.all([open(), page.waitForResponse('**/api/auth/registration')])
      expect(await page.getByText('Make an account').isVisible()).toBe(false)
    })

    test('a server that does not answer is said to be so', async () => {
      await open()
      await context.setOffline(true)
      await logIn('admin', TEST_PASSWORD)
      const sentence = 'Musakone does not answer. Try again in a moment.'
      await page.getByRole('alert').getByText(sentence).waitFor()
    })

    test('a German browser is spoken to in German, the server’s sentences too', async () => {
      const german = await browser.newContext({ locale: 'de-CH' })
      const page = await german.newPage()
      await page.goto(`${musakone.origin}/login`)
      await page.getByText('Melde dich an und bestimme die Musik mit.').waitFor()
      expect(await page.locator('html').getAttribute('lang')).toBe('de')
      expect(await page.title()).toBe('Anmelden · Musakone')
      await page.getByLabel('Name').first().fill('admin')
      await page.getByLabel('Passwort', { exact: true }).fill('wrong')
      await page.getByRole('button', { name: 'Anmelden' }).click()
      await page.getByText('Der Name oder das Passwort stimmt nicht.').waitFor()
      await german.close()
      // A browser that prefers English gets English.
      const english = await browser.newContext({ locale: 'en-GB' })
      const other = await english.newPage()
      await other.goto(`${musakone.origin}/login`)
      await other.getByText('Log in to choose the music.').waitFor()
      await english.close()
    })

    test('A11 leads only to this server', async () => {
      await open()
      await logIn('admin', TEST_PASSWORD)
      await goneTo()
      for (const [next, expected] of WANTED) {
        await open(`?next=${encodeURIComponent(next)}`)
        expect([next, await goneTo()]).toEqual([next, expected])
      }
    })

    test.each(['light', 'dark'] as const)('fits a phone and a desk, %s', async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 700 })
        await open()
        const { clientWidth, scrollWidth, background } = (await page.evaluate(
          `({
            clientWidth: document.documentElement.clientWidth,
            scrollWidth: document.documentElement.scrollWidth,
            background: getComputedStyle(document.querySelector('main')).backgroundColor,
          })`,
        )) as { clientWidth: number; scrollWidth: number; background: string }
        expect([width, clientWidth, scrollWidth]).toEqual([width, width, width])
        const [red = 0] = background.match(/\d+/g)?.map(Number) ?? []
        expect(red < 128).toBe(colorScheme === 'dark')
        const button = await page.getByRole('button', { name: 'Log in' }).boundingBox()
        expect(button?.height).toBeGreaterThanOrEqual(44)
      }
    })
  })
})
