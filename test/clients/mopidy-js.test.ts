import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { hasChromium, runInBrowser, startChromium } from './browser'
import { runInBun } from './bun-client'
import { runInNode } from './node-client'
import { LEFT_OUT } from './session'
import { neighbours, openDirect, openThrough } from './stage'
import { expectedThrough, type Transcript } from './transcript'

setDefaultTimeout(60_000)

let browser: Browser | undefined
beforeAll(async () => {
  if (hasChromium()) browser = await startChromium()
})
afterAll(() => browser?.close())

const runtimes = [
  { runtime: 'Bun', present: () => true, run: runInBun },
  { runtime: 'Node', present: () => true, run: runInNode },
  {
    runtime: 'Chromium, with its default settings and the cookie,',
    present: hasChromium,
    run: (...[place]: Parameters<typeof runInBun>) => {
      if (browser === undefined) throw new Error('there is no browser')
      return runInBrowser(browser, place)
    },
  },
]

const sessions = neighbours.flatMap((neighbour) =>
  runtimes.map((runtime) => ({ ...neighbour, ...runtime, presence: [neighbour, runtime] })),
)

describe('mopidy.js 1.3 as npm installs it', () => {
  for (const { name, runtime, start, run, presence } of sessions)
    test.skipIf(!presence.every(({ present }) => present()))(
      `in ${runtime} cannot tell Musakone from ${name}`,
      async () => {
        const [direct, through] = await Promise.all([openDirect(start), openThrough(start)])
        try {
          const [wanted, got] = await Promise.all([run(direct), run(through)])
          expectWhole(wanted)
          const expected = expectedThrough(wanted, got)
          // One by one, for a difference that can be read.
          for (const [index, entry] of expected.entries.entries())
            expect({ index, ...got.entries[index] }).toEqual({ index, ...entry })
          expect(got).toEqual(expected)
        } finally {
          await Promise.all([direct.stop(), through.stop()])
        }
      },
    )
})

/** The session has done what it is there for, and left out no method. */
function expectWhole({ api, entries, states, volumes }: Transcript): void {
  const called = entries.map(({ call }) => call)
  expect(Object.keys(api)).toHaveLength(62)
  expect(Object.keys(api).filter((method) => !called.includes(method))).toEqual(LEFT_OUT)
  expect(states.map(([state]) => state)).toEqual([
    'state:online',
    'state:offline',
    'reconnectionPending',
    'reconnecting',
    'state:online',
    'state:offline',
  ])
  expect(volumes).toEqual([31, 47, 61, 62])
  const heard = new Set(entries.flatMap(({ events = [] }) => events.map(({ name }) => name)))
  expect([...heard].sort()).toEqual([
    'muteChanged',
    'optionsChanged',
    'playbackStateChanged',
    'playlistChanged',
    'playlistDeleted',
    'seeked',
    'trackPlaybackEnded',
    'trackPlaybackPaused',
    'trackPlaybackResumed',
    'trackPlaybackStarted',
    'tracklistChanged',
  ])
}
