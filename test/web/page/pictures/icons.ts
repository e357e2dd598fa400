/**
 * Makes the icons of the installed page from icon.svg. Run it again when the drawing changes.
 *
 *   bun test/web/page/pictures/icons.ts
 */
import { join } from 'node:path'
import { startChromium } from '../../../clients/browser'

const FOLDER = join(import.meta.dir, '../../../../src/web/page')

/** Android and iOS cut these icons into shapes of their own, so the drawing has to reach the edges. */
const ICONS = [
  { file: 'icon-192.png', size: 192, toTheEdges: false },
  { file: 'icon-512.png', size: 512, toTheEdges: false },
  { file: 'maskable-512.png', size: 512, toTheEdges: true },
  { file: 'apple-touch-icon.png', size: 180, toTheEdges: true },
]

const drawing = await Bun.file(join(FOLDER, 'icon.svg')).text()
const browser = await startChromium()
for (const { file, size, toTheEdges } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const svg = toTheEdges ? drawing.replace(' rx="14"', '') : drawing
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`)
  await page.screenshot({ path: join(FOLDER, 'icons', file), omitBackground: true })
  await page.close()
}
await browser.close()
