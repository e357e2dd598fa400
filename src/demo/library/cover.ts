import { ALBUMS, ARTISTS } from './catalogue'

/** The cover of an album as SVG, drawn from a hash of its id; null when there is no such album. */
export function drawCover(id: string): string | null {
  const album = ALBUMS.find((entry) => entry.id === id)
  if (!album) return null
  const artist = ARTISTS.find((entry) => entry.id === album.artist)?.name ?? ''
  const seed = Number(BigInt(Bun.hash(id)) % 1_000_000n)
  const hue = seed % 360
  const second = (hue + 40 + (seed % 140)) % 360
  const lines = wrap(album.name, 18).slice(0, 5)
  const top = 470 - (lines.length - 1) * 50
  const title = lines.map((line, i) => {
    return `<text x="48" y="${top + i * 50}" font-size="42" font-weight="700">${escapeXml(line)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600">
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
<stop offset="0" stop-color="hsl(${hue} 58% 42%)"/>
<stop offset="1" stop-color="hsl(${second} 64% 22%)"/>
</linearGradient></defs>
<rect width="600" height="600" fill="url(#g)"/>
<g fill="none" stroke="hsl(${second} 80% 78%)" stroke-width="3" opacity="0.55">
${drawShape(seed)}
</g>
<g fill="#fff" font-family="Avenir Next, Segoe UI, Helvetica, Arial, sans-serif">
${title.join('\n')}
<text x="48" y="530" font-size="26" opacity="0.85">${escapeXml(artist)}</text>
</g>
</svg>
`
}

const SHAPES = [drawRings, drawWaves, drawRays]

function drawShape(seed: number): string {
  return SHAPES[seed % SHAPES.length]?.(seed) ?? ''
}

function drawRings(seed: number): string {
  const x = 300 + (seed % 220)
  const y = 120 + (seed % 110)
  return times(8, (i) => `<circle cx="${x}" cy="${y}" r="${24 + i * 26}"/>`)
}

function drawWaves(seed: number): string {
  const lift = 30 + (seed % 50)
  return times(9, (i) => {
    const y = 60 + i * 30
    return `<path d="M-20 ${y} q80 ${-lift} 160 0 t160 0 t160 0 t160 0"/>`
  })
}

function drawRays(seed: number): string {
  const x = 120 + (seed % 360)
  return times(14, (i) => {
    const angle = Math.PI * (1 + i / 13)
    const [dx, dy] = [Math.round(Math.cos(angle) * 620), Math.round(Math.sin(angle) * 620)]
    return `<path d="M${x} 340 l${dx} ${dy}"/>`
  })
}

function times(count: number, draw: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => draw(index)).join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
