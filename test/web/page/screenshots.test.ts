import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hasChromium } from '../../clients/browser'
import { type Scene, setScene } from './scene'

/** Not in the repository: to be looked at by whoever has changed something. */
const FOLDER = join(import.meta.dir, '../../../dist/screenshots')

const ALBUM = '/browse?uri=demo:album:neon-commuter&name=Neon+Commuter&type=album'
const SCREENS: readonly [name: string, path: string, ready: string][] = [
  ['playing', '/', '.stage img.cover'],
  ['queue', '/queue', '.queue-row img.cover'],
  ['search-empty', '/search', '.search .face, .search .rows'],
  ['search', '/search?q=rain', '.song-row'],
  ['nothing-found', '/search?q=xyzzy', '.face'],
  ['library', '/browse', '.folder-row'],
  ['album', ALBUM, '.song-row'],
  ['playlists', '/playlists', '.folder-row'],
  ['screen', '/screen', '.join-code img'],
  ['listening', '/listening', 'main h2'],
  ['room', '/room', 'main h2'],
  ['admin', '/admin', 'main h2'],
]

describe.skipIf(!hasChromium())('a picture of each screen', () => {
  let scene: Scene
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    scene = await setScene()
  })
  afterAll(() => scene.stage.stop())
  afterEach(() => scene.stage.sweep())

  test.each([
    ['phone', 'light'],
    ['desk', 'dark'],
  ] as const)('on a %s, %s, and nothing wider than it', async (size, colorScheme) => {
    const { stage } = scene
    const { page, button, link } = await stage.open('/', { size, colorScheme, role: 'admin' })
    const keep = async (name: string, shown = page) => {
      await shown.evaluate(`Promise.all([...document.images].filter(({ loading, complete }) => loading !== 'lazy' && !complete)
        .map((image) => new Promise((resolve) => { image.onload = image.onerror = resolve })))`)
      await shown.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) })
      const over = await shown.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect([name, over]).toEqual([name, 0])
    }
    for (const [name, path, ready] of SCREENS) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      await keep(name)
    }
    await page.goto(`${stage.musakone.origin}/playlists`)
    await link('Friday afternoon').click()
    await page.locator('.song-row').first().waitFor()
    await keep('playlist')
    await page.goto(`${stage.musakone.origin}/search?q=rain`)
    await page.locator('.song-row .row-main').first().click()
    await keep('sheet')
    await button('Add to a playlist').click()
    await button('New playlist').waitFor()
    await keep('sheet-of-playlists')
    const login = await stage.open('/login', { size, colorScheme, token: '' })
    await keep('login', login.page)
  })
})
