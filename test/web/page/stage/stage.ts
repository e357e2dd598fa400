import { expect } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import type { Role } from '../../../../src/accounts/roles/role'
import { startParty } from '../../../accounts/party'
import { startChromium } from '../../../clients/browser'
import { atEnd } from '../../../support/end'
import { connectOwn } from '../../../support/own-socket'
import { TEST_PASSWORD, type TestMusakoneOptions } from '../../../support/test-musakone'

export type PageStage = Awaited<ReturnType<typeof setPageStage>>

type OpenOptions = {
  role?: Role
  /** The session's token, for an account of the test's own; empty to be signed out. */
  token?: string
  size?: Size
  locale?: string
  colorScheme?: 'light' | 'dark'
  /** Whether the service worker may register, as it does for people. */
  kept?: boolean
  /** The origin of a proxy before the server. */
  origin?: string
}

export const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 800 },
} as const
export type Size = keyof typeof SIZES

/** Starts the program with a demo Mopidy, an account of each role, and a browser for its page. */
export async function setPageStage(options: TestMusakoneOptions = {}) {
  const party = await startParty(options)
  const { musakone } = party
  // The first request bundles the page: on a busy machine that takes longer than a page waits.
  await Promise.all([musakone.online(), musakone.request('/')])
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

    /** Calls a method of Mopidy as the admin; returns the result, throws an error. */
    async call(method: string, params: object = {}): Promise<unknown> {
      const { result, error } = await control.call(`core.${method}`, params)
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return result
    },

    /** Opens a path with an account of the role, and waits until the page's socket is open. */
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
        // `bun test` runs in UTC, and tests compare the page's dates with their own.
        timezoneId: 'UTC',
        hasTouch: size === 'phone',
        // As on a phone, the scrollbar takes no width.
        isMobile: size === 'phone',
        serviceWorkers: kept ? 'allow' : 'block',
      })
      open.add(context)
      // Shorter than a test's timeout, at which Bun would kill the browser too.
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
        /** The titles in the queue, in its order. */
        queued: () => page.locator('.queue-row .row-title').allTextContents(),
      }
    },

    /** Closes the pages; fails if one wrote to the console or asked another origin. */
    async sweep(): Promise<void> {
      for (const context of open) await context.close()
      open.clear()
      // Failed requests are expected where a test cuts the connection.
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

/** One browser for all files, since a start takes a second; a new one if it was killed with a test. */
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
