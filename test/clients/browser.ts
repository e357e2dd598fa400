import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BunPlugin } from 'bun'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Place } from './stage'
import type { Transcript } from './transcript'

// Without the window of a browser around its pages the same Chromium needs 40 % less of the processor.
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const CHROMIUM = PROGRAMS.find((program) => existsSync(program))

/** Whether Debian's Chromium is there; where CI is set its absence is an error. */
export function hasChromium(): boolean {
  const present = CHROMIUM !== undefined
  if (!present && process.env.CI) throw new Error(`CI needs ${PROGRAMS[0]}, and it is missing`)
  return present
}

/** Starts a Chromium that talks to nobody but the pages it is sent to. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** The session with mopidy.js in a page, which is logged in by cookie. */
export async function runInBrowser(browser: Browser, place: Place): Promise<Transcript> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(place.origin + place.page, { waitUntil: 'commit' })
    if (place.credentials !== undefined) await logIn(page, place.credentials)
    await page.exposeFunction('interrupt', place.interrupt)
    await page.evaluate(await program())
    return (await page.evaluate('runSession(interrupt)')) as Transcript
  } finally {
    await context.close()
  }
}

async function logIn(page: Page, credentials: Place['credentials']): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' }
    const login = await fetch('/api/auth/login', { method: 'POST', headers, body })
    return login.status
  }, JSON.stringify(credentials))
  if (status !== 200) throw new Error(`login in the browser: ${status}`)
}

let built: Promise<string> | undefined

function program(): Promise<string> {
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'browser-program.ts')],
    target: 'browser',
    format: 'iife',
    plugins: [forBrowsers],
  })
  return outputs[0]?.text() ?? ''
}

// What other bundlers take these two for: the npm package `events`, which is a class, and the file
// that isomorphic-ws names for browsers. Bun has its own ideas.
const forBrowsers: BunPlugin = {
  name: 'for-browsers',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^events$/ }, () => ({ path: 'events', namespace: 'class' }))
    onLoad({ filter: /.*/, namespace: 'class' }, () => ({
      contents: "module.exports = require('node:events').EventEmitter",
      loader: 'js',
    }))
    const path = join(dirname(Bun.resolveSync('isomorphic-ws', import.meta.dir)), 'browser.js')
    onResolve({ filter: /^isomorphic-ws$/ }, () => ({ path }))
  },
}
