/**
 * Measures the page in Chromium on a phone's screen, with a CPU that is slowed down to a quarter:
 *
 *   bun test/bench/page.ts
 *
 * Frames also cost drawing, which Chromium does here without a graphics card; what a frame costs the
 * page itself is told in milliseconds of CPU. What Playwright runs in a page takes its time from there, so
 * the page notes its times by itself, and is asked for them when all is over.
 */
import type { CDPSession, Page } from 'playwright-core'
import { RAIN, setPageStage } from '../web/page/stage/stage'

const SLOWER = 4
const LOADS = 10
/** Opened anew for each few additions, since the first ones are the slowest. */
const ADDING_PAGES = 4
const ADDED_IN_EACH = 5
const SONGS = 10_000
/** Pixels each second: a quick finger. */
const SCROLLING = 3_000

/** Scrolls by so many pixels with each frame; how long each took, in milliseconds. */
const scrollBy = (pixels: number, count: number) => `new Promise((resolve) => {
  const scroller = document.querySelector('[data-scrolls]')
  const frames = []
  let [at, last] = [scroller.scrollTop, 0]
  const step = (now) => {
    if (last > 0) frames.push(now - last)
    last = now
    at += ${pixels}
    scroller.scrollTop = at
    frames.length < ${count} ? requestAnimationFrame(step) : resolve(frames)
  }
  requestAnimationFrame(step)
})`

/** Notes how long each addition takes to show; where to tap. */
const NOTE_ADDITIONS = `
  globalThis.added = Array.from({ length: ${ADDED_IN_EACH} }, () => Promise.withResolvers())
  const waiting = [...added]
  const number = () => document.querySelector('.badge').textContent
  const taps = new Map()
  addEventListener('click', ({ timeStamp }) => {
    const before = number()
    requestAnimationFrame(() => taps.set(timeStamp, number() !== before))
  }, { capture: true })
  // From the tap until the next frame was on the screen, as the browser itself has it (the Event Timing API).
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name !== 'click') continue
      if (!taps.get(startTime)) throw new Error('the next frame did not show it')
      waiting.shift().resolve(duration)
    }
  }).observe({ type: 'event', durationThreshold: 16 })
  const buttons = [...document.querySelectorAll('.song-row .add')].slice(0, 3)
  buttons[1].scrollIntoView({ block: 'center' })
  buttons.map((button) => {
    const { x, y, width, height } = button.getBoundingClientRect()
    return [x + width / 2, y + height / 2]
  })`

/** Lets the page's sockets be taken from it, and the time and the eyes that look at it. */
const KEEP_SOCKETS = `
  globalThis.sockets = []
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url)
      sockets.push(this)
    }
  }
  globalThis.ahead = 0
  const { now } = Date
  Date.now = () => now() + ahead
  globalThis.sleep = (state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }
`

const stage = await setPageStage()
const uris = (await stage.call('library.browse', {
  uri: 'demo:directory?type=track',
})) as { uri: string }[]

// From the sources the page is bundled when it is first asked for; in the executable it is there.
await fetch(`${stage.musakone.origin}/`)
await stage.call('tracklist.add', { uris: [RAIN, ...uris.slice(0, 12).map(({ uri }) => uri)] })
await stage.call('playback.play')

row('figure', 'median', 'p95', 'most')
figure('interactive, ms', await loads())
figure('an added song shows, ms', await additions())
await stage.call('tracklist.clear')
for (let added = 0; added < SONGS; added += 500)
  await stage.call('tracklist.add', {
    uris: Array.from({ length: 500 }, (_, index) => uris[(added + index) % uris.length]?.uri),
  })
await scrolling()
figure('right after a sleep, ms', await awakenings())
await stage.stop()
process.exit(0)

/** Until what plays is shown and nothing keeps the page from answering a finger. */
async function loads(): Promise<number[]> {
  const times: number[] = []
  for (let load = 0; load < LOADS; load += 1) {
    const { page, context } = await signedIn()
    await page.addInitScript(`
      globalThis.lastTask = 0
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) lastTask = startTime + duration
      }).observe({ type: 'longtask' })
      globalThis.shown = new Promise((resolve) => {
        const look = () => document.querySelector('.transport .play') && document.querySelector('.now-words')
          ? resolve(performance.now())
          : requestAnimationFrame(look)
        look()
      })`)
    await page.goto(`${stage.musakone.origin}/`)
    await page.waitForLoadState('networkidle')
    times.push(Number(await page.evaluate('shown.then((at) => Math.max(at, lastTask))')))
    await context.close()
  }
  const costs: number[] = []
  for (let load = 0; load < LOADS; load += 1) costs.push(await costOfLoading())
  figure('page in a load, ms CPU', costs)
  figure(
    `the same × ${SLOWER}`,
    costs.map((cost) => cost * SLOWER),
  )
  return times
}

/** A page before its first load, of somebody who has logged in. */
async function signedIn(): Promise<Slowed> {
  const opened = await slowed('/login', '')
  await opened.context.addCookies([
    { name: 'musakone', value: stage.tokens.member, url: stage.musakone.origin },
  ])
  return opened
}

/** What opening the page costs it on the CPU as it is: nothing else on the machine counts. */
async function costOfLoading(): Promise<number> {
  const { page, context, browser } = await signedIn()
  await browser.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await browser.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(`${stage.musakone.origin}/`)
  await page.waitForLoadState('networkidle')
  const spent = await cpuOf(browser)
  await context.close()
  return spent
}

/** Milliseconds of CPU that the page has had. */
async function cpuOf(browser: CDPSession): Promise<number> {
  const { metrics } = await browser.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000
}

/** From the tap until the queue's number says so, and that is drawn. */
async function additions(): Promise<number[]> {
  const times: number[] = []
  for (let opened = 0; opened < ADDING_PAGES; opened += 1) {
    const { page, context } = await slowed('/search?q=rain')
    await page.locator('.song-row .add').nth(2).waitFor()
    await page.waitForLoadState('networkidle')
    const spots = (await page.evaluate(NOTE_ADDITIONS)) as [number, number][]
    for (let added = 0; added < ADDED_IN_EACH; added += 1) {
      const [x, y] = spots[added % spots.length] ?? [0, 0]
      await page.touchscreen.tap(x, y)
      await page.waitForLoadState('networkidle')
      times.push(Number(await page.evaluate(`added[${added}].promise`)))
    }
    await context.close()
  }
  return times
}

/** Frames while a finger scrolls through the queue, and what they cost the page. */
async function scrolling(): Promise<void> {
  const { page, context, browser } = await slowed('/queue')
  await page.locator('.queue-row').first().waitFor()
  await page.waitForLoadState('networkidle')
  await browser.send('Performance.enable', { timeDomain: 'threadTicks' })
  for (const [name, slower] of [
    [`frame, CPU ÷ ${SLOWER}`, SLOWER],
    ['frame, CPU as it is', 1],
  ] as const) {
    await browser.send('Emulation.setCPUThrottlingRate', { rate: slower })
    const before = await cpuOf(browser)
    const frames = (await page.evaluate(scrollBy(SCROLLING / 60, 240))) as number[]
    const spent = (await cpuOf(browser)) - before
    figure(`${name}, ms`, frames)
    if (slower === 1) row('page in each frame, ms CPU', (spent / frames.length).toFixed(1))
  }
  await context.close()
}

/** From the moment that the phone wakes, its connection dead, until the page is right. */
async function awakenings(): Promise<number[]> {
  const times: number[] = []
  await stage.call('tracklist.clear')
  await stage.call('tracklist.add', { uris: uris.slice(0, 12).map(({ uri }) => uri) })
  await stage.call('playback.play')
  const { page, context } = await slowed('/', stage.tokens.member, KEEP_SOCKETS)
  for (let slept = 0; slept < 8; slept += 1) {
    const title = () => page.locator('.now-words h2').textContent()
    const before = await title()
    await page.evaluate(`{
      sleep('hidden')
      for (const socket of sockets.splice(0)) {
        socket.onmessage = null
        socket.send = () => {}
      }
    }`)
    await stage.call('playback.next')
    times.push(
      Number(
        await page.evaluate(`new Promise((resolve) => {
          const woken = performance.now()
          ahead += 60_000
          sleep('visible')
          const look = () => document.querySelector('.now-words h2').textContent !== ${JSON.stringify(before)}
            ? resolve(performance.now() - woken)
            : requestAnimationFrame(look)
          look()
        })`),
      ),
    )
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
  }
  await context.close()
  return times
}

type Slowed = Awaited<ReturnType<typeof stage.open>> & { browser: CDPSession }

async function slowed(path: string, token = stage.tokens.member, first = ''): Promise<Slowed> {
  // As people have it, with a page that is kept for when there is no connection.
  const opened = await stage.open(path, { token, kept: true })
  const page: Page = opened.page
  opened.context.setDefaultTimeout(30_000)
  const browser = await opened.context.newCDPSession(page)
  await browser.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  if (first !== '') {
    await page.addInitScript(first)
    await page.reload()
    await page.locator('.now-words').waitFor()
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
  }
  return { ...opened, browser }
}

function figure(name: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => (sorted[Math.round(part * (sorted.length - 1))] ?? 0).toFixed(1)
  row(name, at(0.5), at(0.95), at(1))
}

function row(name: string, ...cells: string[]): void {
  console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(9)).join(''))
}
