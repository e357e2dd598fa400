import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { ROUTES } from '../../../accounts/roles/access-table'
import { startTestMusakone, type TestMusakone } from '../../../support/test-musakone'

const MOST_AT_FIRST = 60_000

const integrityOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

describe('the page as it is served', () => {
  let musakone: TestMusakone
  let html: string
  let assets: string[]
  beforeAll(async () => {
    musakone = await startTestMusakone()
    html = await (await get('/')).text()
    assets = [...html.matchAll(/\b(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path]) => path ?? '')
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

  test('T2 its scripts and styles carry the hash of their content', async () => {
    const tags = [...html.matchAll(/<[^>]*(?:src|href)="(\/page\/[^"]+\.(?:js|css))"[^>]*>/g)]
    expect(tags.length).toBeGreaterThan(2)
    for (const [tag, path = ''] of tags) {
      const [, hash] = /integrity="([^"]+)"/.exec(tag) ?? []
      expect([path, hash]).toEqual([path, integrityOf(await (await get(path)).text())])
    }
  })

  test('its files have names that change with them, and are kept for ever', async () => {
    for (const path of assets) {
      expect(path).toMatch(/^\/page\/[a-z-]+-[0-9a-f]{12}\.(js|css|svg|png|webmanifest)$/)
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
      // PNG is compressed already.
      expect(etag).toMatch(path.endsWith('.png') ? /^"[0-9a-f]{12}"$/ : /^"[0-9a-f]{12}-br"$/)
      const again = await get(path, { ...accept, 'if-none-match': `"other", W/${etag}` })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
      expect((await get(path, { ...accept, 'if-none-match': '"other"' })).status).toBe(200)
    }
  })

  test('has a browser compile its scripts before they run, and not piece by piece as they do', async () => {
    const scripts = assets.filter((path) => path.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(1)
    // Chromium heeds this comment only at the start of the script.
    for (const path of scripts)
      expect([path, (await (await get(path)).text()).split('\n')[0]]).toEqual([
        path,
        '//# allFunctionsCalledOnLoad',
      ])
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
      icons: { src: string; type: string; sizes: string; purpose: string }[]
    }
    expect(manifest).toMatchObject({ start_url: '/', display: 'standalone' })
    for (const { src, type, sizes } of manifest.icons) {
      const response = await get(src)
      expect([src, response.headers.get('content-type')?.split(';')[0]]).toEqual([src, type])
      if (type !== 'image/png') continue
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(bytes.subarray(1, 4).toString()).toBe('PNG')
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes)
    }
    const purposes = manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)
    for (const needed of ['192x192 any', '512x512 any', '512x512 maskable'])
      expect(purposes).toContain(needed)
  })

  test('what keeps the page keeps all of its files, and its own newness is always asked for', async () => {
    const response = await get('/service-worker.js')
    const { headers } = response
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; connect-src 'self'")
    const script = await response.text()
    const [, list = ''] = /const SCREENS = (\[[^\]]*\])/.exec(script) ?? []
    const screens = JSON.parse(list) as string[]
    const kept = [...script.matchAll(/\["(\/[^"]*)","([^"]+)","(sha256-[^"]+)"\]/g)]
    const files = kept.map(([, path = '']) => path)
    expect(files).toContain('/')
    for (const [, path = '', type = '', hash] of kept) {
      const response = await get(path)
      expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
      expect([path, integrityOf(await response.text())]).toEqual([path, hash ?? ''])
    }
    for (const path of assets.filter((path) => !path.endsWith('.png')))
      expect(files).toContain(path)
    for (const path of files) expect([path, (await get(path)).status]).toEqual([path, 200])
    const shown = []
    for (const route of Object.keys(ROUTES)) {
      const [, path = ''] = /^GET (\/[a-z]*)$/.exec(route) ?? []
      if (path !== '' && (await (await get(path)).text()) === html) shown.push(path)
    }
    expect(screens.toSorted()).toEqual(shown.toSorted())
    expect(script).toMatch(/'musakone-page-[0-9a-f]{12}'/)
  })
})
