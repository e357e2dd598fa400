import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

const MOST_AT_FIRST = 60_000

describe('the page as it is served', () => {
  let musakone: TestMusakone
  let html: string
  let assets: string[]
  beforeAll(async () => {
    musakone = await startTestMusakone()
    html = await (await get('/')).text()
    assets = [...html.matchAll(/\b(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '')
  })
  afterAll(() => musakone.stop())

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(musakone.origin + path, { headers, decompress: false } as RequestInit)

  test('every address of its screens shows the same, and no other does', async () => {
    for (const path of ['/queue', '/search?q=rain', '/browse', '/playlists', '/screen']) {
      const response = await get(path)
      expect([path, response.status, await response.text()]).toEqual([path, 200, html])
    }
    for (const path of ['/queue/1', '/songs', '/page', '/page/', '/page/main.tsx']) {
      const { status } = await get(path)
      expect([path, [401, 404].includes(status)]).toEqual([path, true])
    }
  })

  test('A11 brings nothing from elsewhere, and nothing inline that its policy forbids', async () => {
    expect(html).not.toMatch(/https?:|["'(=]\s*\/\//)
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
    const policy = (await get('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).toContain(`connect-src 'self' ws://${new URL(musakone.origin).host}`)
    expect(policy).not.toMatch(/unsafe|\*/)
  })

  test('its files have names that change with them, and are kept for ever', async () => {
    expect(assets.length).toBe(4)
    for (const path of assets) {
      expect(path).toMatch(/^\/page\/[a-z]+-[a-z0-9]{8,12}\.(js|css|svg|webmanifest)$/)
      const { status, headers } = await get(path)
      expect([path, status]).toEqual([path, 200])
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache')
  })

  test('compressed as the browser likes it, from what was compressed before', async () => {
    const [script = ''] = assets.filter((path) => path.endsWith('.js'))
    const plain = await get(script)
    expect(plain.headers.get('content-encoding')).toBeNull()
    const text = await plain.text()
    for (const [accepted, encoding, unpack] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip', 'gzip', gunzipSync],
    ] as const) {
      const response = await get(script, { 'accept-encoding': accepted })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toContain('accept-encoding')
      expect(unpack(new Uint8Array(await response.arrayBuffer())).toString()).toBe(text)
    }
  })

  test('who has it already is told so', async () => {
    for (const path of ['/', ...assets]) {
      const accept = { 'accept-encoding': 'br' }
      const etag = (await get(path, accept)).headers.get('etag') ?? ''
      expect(etag).toMatch(/^"[0-9a-f]{12}-br"$/)
      const again = await get(path, { ...accept, 'if-none-match': `"other", W/${etag}` })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
      expect((await get(path, { ...accept, 'if-none-match': '"other"' })).status).toBe(200)
    }
  })

  test(`the first load is under ${MOST_AT_FIRST / 1000} kB`, async () => {
    let bytes = 0
    for (const path of ['/', ...assets])
      bytes += (await (await get(path, { 'accept-encoding': 'br' })).arrayBuffer()).byteLength
    expect(bytes).toBeLessThan(MOST_AT_FIRST)
  })

  test('can be installed', async () => {
    const [path = ''] = assets.filter((path) => path.endsWith('.webmanifest'))
    const manifest = (await (await get(path)).json()) as {
      start_url: string
      icons: { src: string }[]
    }
    expect(manifest).toMatchObject({ start_url: '/', display: 'standalone' })
    for (const { src } of manifest.icons)
      expect((await get(src)).headers.get('content-type')).toStartWith('image/svg+xml')
  })
})
