import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { hasChromium } from '../../../clients/browser'
import { fullRun } from '../../../support/long-runs'
import { until } from '../../../support/test-musakone'
import { writeWeeks } from '../listening/weeks'
import { type Scene, setScene } from '../stage/scene'
import { type PageStage, SIZES, type Size, setPageStage } from '../stage/stage'

/** Not in the repository: the pictures are for a developer who has changed the page. */
const FOLDER = join(import.meta.dir, '../../../../dist/screenshots')
/** In CI nobody looks at pictures, and to make 222 of them takes a minute: the screens are still opened. */
const KEEPS_PICTURES = fullRun || process.env.CI === undefined

const ALBUM = '/browse?uri=demo:album:neon-commuter&name=Neon+Commuter&type=album'
const YEAR = new Date().getFullYear()
type Screen = readonly [name: string, path: string, ready: string]
const MUSIC: readonly Screen[] = [
  ['playing', '/', '.stage img.cover'],
  ['queue', '/queue', '.queue-row img.cover'],
  ['search-empty', '/search', '.search .rows'],
  ['search', '/search?q=rain', '.song-row'],
  ['nothing-found', '/search?q=xyzzy', '.face'],
  ['library', '/browse', '.folder-row'],
  ['album', ALBUM, '.song-row'],
  ['playlists', '/playlists', '.folder-row'],
  ['screen', '/screen', '.join-code img'],
]
const LISTENING: readonly Screen[] = [
  ['listening', '/listening', '.tiles'],
  ['listening-year', '/listening?span=year', '.tiles'],
  ['history', '/listening?show=history', '.history-row'],
  ['my-data', '/listening?show=data', '.switch'],
  ['review', `/listening?year=${YEAR}`, '.hero'],
  ['room', '/room', '.tiles'],
  ['room-history', '/room?show=history', '.history-row'],
]
const ADMINISTRATION: readonly Screen[] = [
  ['admin', '/admin', '.pulse'],
  ['admin-people', '/admin?part=people', '.person-row'],
  ['admin-person', '/admin?part=people&id=2', '.profile'],
  ['admin-invites', '/admin?part=invites', '.folder-row'],
  ['admin-invite', '/admin?part=invites&id=1', '.poster img'],
  ['admin-roles', '/admin?part=roles', '.panel'],
  ['admin-audit', '/admin?part=audit', '.audit li'],
  ['admin-health', '/admin?part=health', '.figure'],
  ['admin-backups', '/admin?part=backups', '.admin .face'],
  ['first-start', '/admin?part=start', '.step'],
]
/** Pictures in a window as high as the whole content. */
const LONG: readonly Screen[] = [
  ['listening-whole', '/listening', '.tiles'],
  ['listening-year-whole', '/listening?span=year', '.tiles'],
  ['review-whole', `/listening?year=${YEAR}`, '.hero'],
  ['room-whole', '/room', '.tiles'],
]
const LONG_HEIGHT = 2_600
const NAMES: readonly Size[] = ['phone', 'desk']
const GROUPS = [
  ['the music', MUSIC],
  ['what was heard', LISTENING],
  ['the administration', ADMINISTRATION],
] as const
const CASES = GROUPS.flatMap(([what, screens]) =>
  NAMES.map((size) => [what, size, screens] as const),
)
/** Whether every image in the window has loaded. */
const COVERS_THERE = `[...document.images].every((image) =>
  image.complete || image.getBoundingClientRect().top > innerHeight)`

/** Saves a picture in each colour scheme, where pictures are kept; fails if the page is wider than the window. */
async function keep(
  page: Page,
  name: string,
  size: Size,
  colorSchemes: readonly ('light' | 'dark')[] = ['light', 'dark'],
): Promise<void> {
  await until(() => page.evaluate(COVERS_THERE) as Promise<boolean>, `the covers of ${name}`)
  for (const colorScheme of KEEPS_PICTURES ? colorSchemes : []) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) })
  }
  const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect([name, over]).toEqual([name, 0])
}

describe.skipIf(!hasChromium())('a picture of each screen', () => {
  let scene: Scene
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    scene = await setScene()
    writeWeeks(scene.stage.databasePath)
  })
  afterAll(() => scene.stage.stop())
  afterEach(() => scene.stage.sweep())

  test.each(CASES)('of %s, on a %s', async (_, size, screens) => {
    const { stage } = scene
    const { page } = await stage.open('/', { size, role: 'admin' })
    for (const [name, path, ready] of screens) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      await keep(page, name, size)
    }
  })

  test.each(NAMES)('of those that are long, on a %s', async (size) => {
    const { stage } = scene
    const { page } = await stage.open('/', { size, role: 'admin' })
    await page.setViewportSize({ ...SIZES[size], height: LONG_HEIGHT })
    for (const [name, path, ready] of LONG) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      await keep(page, name, size, ['light'])
    }
  })

  test.each(NAMES)('of what opens over it, on a %s', async (size) => {
    const { stage } = scene
    const { page, button, link } = await stage.open('/playlists', { size, role: 'admin' })
    await link('Friday afternoon').click()
    await page.locator('.song-row').first().waitFor()
    await keep(page, 'playlist', size)
    await page.goto(`${stage.musakone.origin}/search?q=rain`)
    await page.locator('.song-row .row-main').first().click()
    await button('Add to a playlist').waitFor()
    await keep(page, 'sheet', size)
    await button('Add to a playlist').click()
    await button('New playlist').waitFor()
    await keep(page, 'sheet-of-playlists', size)
    await page.keyboard.press('Escape')
    await button('Account: admin').click()
    await button('Log out').waitFor()
    await keep(page, 'account', size)
    for (const [name, words] of [
      ['password', 'Change password'],
      ['sessions', 'Where I am logged in'],
      ['keys', 'API keys'],
    ] as const) {
      await button(words).click()
      await page.getByRole('dialog', { name: words }).waitFor()
      await keep(page, name, size)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await button('Account: admin').click()
    }
    await page.keyboard.press('Escape')
    await page.goto(`${stage.musakone.origin}/queue`)
    await page.locator('.queue-row .row-main').nth(3).click()
    await button('Remove').waitFor()
    await keep(page, 'queue-sheet', size)
    await button('Remove').click()
    await button('Undo').waitFor()
    await keep(page, 'removed', size)
    await button('Undo').click()
    await page.goto(`${stage.musakone.origin}/admin?part=invites`)
    await button('New invite').click()
    await button('Create').waitFor()
    await keep(page, 'new-invite', size)
  })

  test.each(NAMES)('of those who come by, on a %s', async (size) => {
    const { stage, tokenOf } = scene
    const login = await stage.open('/login', { size, token: '' })
    await keep(login.page, 'login', size)
    const { url } = await stage.invite({ name: 'Friday' })
    const join = await stage.open(url.replace(stage.musakone.origin, ''), { size, token: '' })
    await join.page.locator('input').first().waitFor()
    await keep(join.page, 'join', size)
    const guest = await stage.open('/', { size, token: tokenOf('Noor') })
    await guest.page.locator('.cannot').waitFor()
    await keep(guest.page, 'guest', size)
    await guest.page.goto(`${stage.musakone.origin}/queue`)
    await guest.page.locator('.queue-row img.cover').first().waitFor()
    await keep(guest.page, 'guest-queue', size)
  })

  test.each(GROUPS)('of %s in German, whose words are longer, on a phone', async (_, screens) => {
    const { stage } = scene
    const { page } = await stage.open('/', { role: 'admin', locale: 'de-DE' })
    for (const [name, path, ready] of screens) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      await keep(page, `german-${name}`, 'phone', ['light'])
    }
  })
})

describe.skipIf(!hasChromium())('a picture of what is not there', () => {
  let stage: PageStage
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    stage = await setPageStage({ demo: { faulty: true } })
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  test.each(NAMES)('on a %s', async (size) => {
    // An account that has heard and done nothing yet.
    const token = (await stage.join((await stage.invite()).code ?? '', `newcomer-${size}`)).token
    const { page, context, button } = await stage.open('/', { size, token })
    await page.getByText('Nothing is playing').waitFor()
    await keep(page, 'silence', size)
    for (const [name, path, ready] of [
      ['queue-empty', '/queue', '.face'],
      ['listening-empty', '/listening?span=all', '.face'],
      ['nothing-heard-lately', '/search', '.face'],
      ['not-for-you', '/admin', '.face'],
    ] as const) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      await keep(page, name, size)
    }
    await page.goto(`${stage.musakone.origin}/search?q=rain`)
    await page.locator('.song-row').first().waitFor()
    await context.setOffline(true)
    await page.evaluate(`dispatchEvent(new Event('offline'))`)
    await page.getByText('Reconnecting…').waitFor()
    await page.locator('.add').first().click()
    await page.locator('.toast.problem').waitFor()
    await keep(page, 'refused', size)
    await context.setOffline(false)
    await page.locator('.pill').waitFor({ state: 'detached' })
    const { faults } = stage.musakone.demo ?? {}
    faults?.refuse?.(true)
    await page.goto(`${stage.musakone.origin}/`)
    await page.locator('.face').waitFor()
    await keep(page, 'mopidy-away', size)
    faults?.refuse?.(false)
    await button('Add a song').waitFor()
  })
})
