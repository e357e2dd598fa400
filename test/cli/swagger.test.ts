import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createApp } from '../../src/http/app'
import { createLog } from '../../src/log'
import type { RunningExecutable } from '../support/executable'
import { startTestMusakone } from '../support/test-musakone'
import { endAll, start } from './launch'

afterAll(endAll)

type Operation = { responses?: Record<string, { description?: string; content?: unknown }> }
type Document = { info: { version: string }; paths: Record<string, Record<string, Operation>> }

describe('the API page of the executable', () => {
  let musakone: RunningExecutable
  beforeAll(async () => {
    musakone = await start({}, { args: ['demo'] })
  })
  afterAll(async () => {
    await musakone.stop()
  })
  const get = (path: string) => fetch(`${musakone.origin}${path}`, { redirect: 'manual' })

  test('names no other host, and everything that it names is in the executable', async () => {
    const page = await get('/swagger')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toStartWith('text/html')
    const html = await page.text()
    expect(html).not.toMatch(/\bhttps?:|\bwss?:|["'(=]\s*\/\//i)

    const assets = [...html.matchAll(/\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/g)]
      .map(([, address]) => address ?? '')
      .filter((address) => !address.startsWith('data:'))
    expect(assets.length).toBeGreaterThanOrEqual(3)
    for (const asset of assets) {
      const reply = await get(asset)
      const type = asset.endsWith('.css') ? 'text/css' : 'text/javascript'
      expect([asset, reply.status]).toEqual([asset, 200])
      expect(reply.headers.get('content-type')).toStartWith(type)
      const text = await reply.text()
      expect(text.length).toBeGreaterThan(50)
      // A style sheet could fetch fonts or pictures from another host.
      if (type === 'text/css') expect(text).not.toMatch(/url\(\s*["']?(https?:)?\/\/|@import/i)
    }
  })

  test('the script that it starts with is the whole of Swagger UI', async () => {
    const script = await (await get('/swagger/swagger-ui-bundle.js')).text()
    expect(script).toContain('SwaggerUIBundle')
    expect(script.length).toBeGreaterThan(1_000_000)
    const start = await (await get('/swagger/start.js')).text()
    expect(start).toContain('/swagger/json')
    expect(start).not.toMatch(/https?:/)
  })

  test('the document lists every route with its responses', async () => {
    const reply = await get('/swagger/json')
    expect(reply.headers.get('content-type')).toStartWith('application/json')
    const { paths } = (await reply.json()) as Document
    const listed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(listed.sort()).toEqual(await visibleRoutes())
    for (const [path, operations] of Object.entries(paths))
      for (const [method, { responses = {} }] of Object.entries(operations)) {
        const route = `${method} ${path}`
        expect([route, Object.keys(responses).length]).not.toEqual([route, 0])
        const errors = Object.keys(responses).filter((status) => Number(status) >= 400)
        expect([route, errors.length]).not.toEqual([route, 0])
        for (const [status, { content }] of Object.entries(responses))
          if (status !== '101')
            expect([route, status, content]).not.toEqual([route, status, undefined])
      }
  })
})

/** The routes of the program, without those that are left out of the document on purpose. */
async function visibleRoutes(): Promise<string[]> {
  const { services, stop } = await startTestMusakone()
  const log = createLog({ level: 'silent', format: 'json' })
  const app = createApp({ services, allowedOrigins: [], allowedHosts: [], log: await log })
  await stop()
  return app.routes
    .filter(({ hooks, path }) => !hooks.detail?.hide && !path.startsWith('/swagger'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .sort()
}
