/**
 * Makes the pictures of the README, with the demo Mopidy behind the page. Run it again when the page looks
 * different.
 *
 *   bun test/web/page/pictures/pictures.ts
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setScene } from '../stage/scene'
import type { Size } from '../stage/stage'

const FOLDER = join(import.meta.dir, '../../../../src/web/pictures')
const LARGEST = 60_000

type Picture = {
  file: string
  path: string
  ready: string
  size: Size
  colorScheme?: 'light' | 'dark'
  person?: string
}
const PICTURES: readonly Picture[] = [
  { file: 'playing-phone', path: '/', ready: '.stage img.cover', size: 'phone' },
  { file: 'queue-phone', path: '/queue', ready: '.queue-row img.cover', size: 'phone' },
  {
    file: 'search-phone',
    path: '/search?q=lumen',
    ready: '.song-row img.cover',
    size: 'phone',
    colorScheme: 'dark',
  },
  {
    file: 'playing-desk',
    path: '/',
    ready: '.stage img.cover',
    size: 'desk',
    colorScheme: 'dark',
  },
  { file: 'queue-desk', path: '/queue', ready: '.queue-row img.cover', size: 'desk' },
  { file: 'screen', path: '/screen', ready: '.join-code img', size: 'desk', person: 'admin' },
]

mkdirSync(FOLDER, { recursive: true })
const { stage, tokenOf } = await setScene()
for (const { file, path, ready, size, colorScheme, person = 'Mika' } of PICTURES) {
  const { page, context } = await stage.open(path, {
    size,
    ...(colorScheme && { colorScheme }),
    ...(person === 'admin' ? { role: 'admin' as const } : { token: tokenOf(person) }),
  })
  await page.locator(ready).first().waitFor()
  await page.waitForLoadState('networkidle')
  const browser = await context.newCDPSession(page)
  for (let quality = 82; ; quality -= 8) {
    const { data } = await browser.send('Page.captureScreenshot', { format: 'webp', quality })
    const picture = Buffer.from(data, 'base64')
    if (picture.length > LARGEST && quality > 30) continue
    await Bun.write(join(FOLDER, `${file}.webp`), picture)
    break
  }
  await context.close()
}
await stage.stop()
