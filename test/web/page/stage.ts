import { expect } from 'bun:test'
import type { Browser, BrowserContext } from 'playwright-core'
import type { Role } from '../../../src/accounts/model'
import { startParty } from '../../accounts/party'
import { startChromium } from '../../clients/browser'
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
  const browser: Browser = await startChromium()
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
      }: OpenOptions = {},
    ) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        locale,
        colorScheme,
        reducedMotion: 'reduce',
        hasTouch: size === 'phone',
      })
      open.add(context)
      // Shorter than a test's: Bun would end the browser together with that.
      context.setDefaultTimeout(6_000)
      if (token !== '')
        await context.addCookies([{ name: 'musakone', value: token, url: musakone.origin }])
      const page = await context.newPage()
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url())
        if (origin !== musakone.origin && protocol !== 'data:') foreign.push(request.url())
      })
      await page.goto(musakone.origin + path)
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
        .filter((text) => !/^Failed to load resource|^WebSocket connection to/.test(text))
      expect(others).toEqual([])
      expect(foreign.splice(0)).toEqual([])
    },

    async stop(): Promise<void> {
      control.close()
      await browser.close()
      await musakone.stop()
    },
  }
}

export const RAIN = 'demo:track:apres-the-rain:04'
export const NEON = [1, 2, 3, 4].map((number) => `demo:track:neon-commuter:0${number}`)
