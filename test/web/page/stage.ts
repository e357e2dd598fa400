import { expect } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import type { Role } from '../../../src/accounts/roles/role'
import { startParty } from '../../accounts/party'
import { startChromium } from '../../clients/browser'
import { atEnd } from '../../support/end'
import { connectOwn } from '../../support/own-socket'
import { TEST_PASSWORD, type TestMusakoneOptions } from '../../support/test-musakone'

export type PageStage = Awaited<ReturnType<typeof setPageStage>>
export type Opened = Awaited<ReturnType<PageStage['open']>>

type OpenOptions = {
  role?: Role
  /** Of somebody else; empty for nobody. */
  token?: string
  size?: Size
  locale?: string
  colorScheme?: 'light' | 'dark'
  /** Whether the page may be kept for when there is no connection, as it is for people. */
  kept?: boolean
  /** Of what stands before the server, if something does. */
  origin?: string
}

export const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 800 },
} as const
export type Size = keyof typeof SIZES

/** The program with a demo Mopidy, an account of each role, and a browser that opens its page. */
export async function setPageStage(options: TestMusakoneOptions = {}) {
  const party = await startParty(options)
  const { musakone } = party
  await musakone.online()
  const browser = await sharedChromium()
  const tokens: Record<Role, string> = { admin: party.token, member: '', guest: '' }
  for (const role of ['member', 'guest'] as const) {
    await musakone.services.accounts.administration.create(
      { by: 'the test' },
      { username: role, role, password: TEST_PASSWORD },
    )
    tokens[role] = await musakone.logIn(role)
  }
  const control = await connectOwn(musakone.socketUrl)
  await control.signIn(party.token)
  const open = new Set<BrowserContext>()
  const complaints: string[] = []
  const foreign: string[] = []

  return {
    ...party,
    tokens,

    /** Calls Mopidy as the admin; its result. */
    async call(method: string, params: object = {}): Promise<unknown> {
      const { result, error } = await control.call(`core.${method}`, params)
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return result
    },

    /** Opens a path as somebody of that role, and waits until the page has its connection. */
    async open(
      path: string,
      {
        role = 'member',
        token = tokens[role],
        size = 'phone',
        locale = 'en-GB',
        colorScheme = 'light',
        kept = false,
        origin = musakone.origin,
      }: OpenOptions = {},
    ) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        locale,
        colorScheme,
        reducedMotion: 'reduce',
        // As the tests have it, wherever they run.
        timezoneId: 'UTC',
        hasTouch: size === 'phone',
        // Its scrollbar lies over the page, which is as wide as its head says.
        isMobile: size === 'phone',
        serviceWorkers: kept ? 'allow' : 'block',
      })
      open.add(context)
      // Shorter than a test's: Bun would end the browser together with that.
      context.setDefaultTimeout(6_000)
      if (token !== '') await context.addCookies([{ name: 'musakone', value: token, url: origin }])
      const page = await context.newPage()
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        const { origin: asked, protocol } = new URL(request.url())
        if (asked !== origin && protocol !== 'data:') foreign.push(request.url())
      })
      await page.goto(origin + path)
      if (token !== '') await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
      return {
        page,
        context,
        button: (name: string | RegExp) => page.getByRole('button', { name, exact: true }),
        link: (name: string) => page.getByRole('link', { name }),
        heading: (name: string) => page.getByRole('heading', { name, exact: true }),
        /** The names in the queue, in its order. */
        queued: () => page.locator('.queue-row .row-title').allTextContents(),
      }
    },

    /** Closes the pages; nothing may have complained, nor asked anybody else. */
    async sweep(): Promise<void> {
      for (const context of open) await context.close()
      open.clear()
      // That a request found nobody is expected where the connection is taken away.
      const others = complaints
        .splice(0)
        .filter(
          (text) =>
            !/^Failed to load resource|^WebSocket connection to|blocked by Playwright$/.test(text),
        )
      expect(others).toEqual([])
      expect(foreign.splice(0)).toEqual([])
    },

    async stop(): Promise<void> {
      control.close()
      for (const context of open) await context.close()
      await musakone.stop()
    },
  }
}

let shared: Promise<Browser> | undefined

/** One for all files, since to start one takes a second; another if that has ended with a test. */
async function sharedChromium(): Promise<Browser> {
  const known = await shared?.catch(() => undefined)
  if (known?.isConnected()) return known
  shared = startChromium()
  const browser = await shared
  atEnd(() => void browser.close())
  return browser
}

export const RAIN = 'demo:track:apres-the-rain:04'
export const NEON = [1, 2, 3, 4].map((number) => `demo:track:neon-commuter:0${number}`)
