import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createApp } from '../../../src/http/app'
import { createLog } from '../../../src/log'
import { ROUTES } from '../../accounts/roles/access-table'
import { CALLS } from '../../mopidy/calls/call-examples'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

/** As they stand in JSON; the last two are more than a number can hold exactly, or at all. */
const BAD_NUMBERS = [
  '-1',
  '-9223372036854775808',
  '0.5',
  '1e308',
  '-1e308',
  '99999999999999999999',
  '9007199254740993',
  '1e400',
]

type Schema = { type?: string; properties?: Record<string, Schema>; anyOf?: Schema[] }

describe('C10 numbers that are out of range', () => {
  let musakone: TestMusakone
  let token: string
  let routes: { method: string; path: string; query?: Schema; body?: Schema }[]
  beforeAll(async () => {
    musakone = await startTestMusakone({ registration: 'open' })
    await musakone.online()
    token = await musakone.logIn()
    const { services } = musakone
    const log = await createLog({ level: 'silent', format: 'json' })
    const app = createApp({ services, allowedOrigins: [], allowedHosts: [], log })
    routes = app.routes.map(({ method, path, hooks }) => {
      const { query, body } = hooks as { query?: Schema; body?: Schema }
      return { method, path, ...(query && { query }), ...(body && { body }) }
    })
  })
  afterAll(() => musakone.stop())

  /** A request to the route, changed in one place. */
  function ask({ method, path }: { method: string; path: string }, query: string, json?: string) {
    const { at = path } = ROUTES[`${method} ${path}`] ?? {}
    const headers = { 'content-type': 'application/json' }
    const body = json === undefined ? {} : { body: json, headers }
    return musakone.request(`${at}${query}`, { method, token, ...body })
  }

  async function expectRefusal(reply: Promise<Response>, what: string, bad: string) {
    const response = await reply
    const text = await response.text()
    expect(response.status, `${what} = ${bad}: ${text}`).toBe(400)
    expect(text).not.toContain(bad)
  }

  const numbersIn = (schema: Schema | undefined) =>
    Object.entries(schema?.properties ?? {})
      .filter(([, { type, anyOf = [] }]) =>
        [type, ...anyOf.map((each) => each.type)].includes('integer'),
      )
      .map(([name]) => name)

  test('in queries', async () => {
    let found = 0
    for (const route of routes)
      for (const name of numbersIn(route.query))
        for (const bad of BAD_NUMBERS) {
          found += 1
          const what = `${route.method} ${route.path}?${name}`
          await expectRefusal(ask(route, `?${name}=${bad}`), what, bad)
        }
    // Those of the statistics and the history at least.
    expect(found).toBeGreaterThanOrEqual(6 * BAD_NUMBERS.length)
  })

  test('in bodies', async () => {
    let found = 0
    for (const route of routes)
      for (const name of numbersIn(route.body))
        for (const bad of BAD_NUMBERS) {
          found += 1
          const right = { ...(ROUTES[`${route.method} ${route.path}`]?.json as object), [name]: 0 }
          const json = JSON.stringify(right).replace(`"${name}":0`, `"${name}":${bad}`)
          await expectRefusal(ask(route, '', json), `${route.method} ${route.path} ${name}`, bad)
        }
    expect(found).toBeGreaterThanOrEqual(3 * BAD_NUMBERS.length)
  })

  test('in paths', async () => {
    const paths = Object.entries(ROUTES).filter(([route]) => route.includes('/:id'))
    expect(paths.length).toBeGreaterThan(5)
    for (const [route, { json }] of paths)
      for (const bad of [...BAD_NUMBERS, '0', 'NaN', '%00', '1;2']) {
        const [method = '', path = ''] = route.split(' ')
        const response = await musakone.request(path.replace(':id', bad), {
          method,
          token,
          ...(json !== undefined && { json }),
        })
        expect([400, 404], `${route} ${bad}: ${response.status}`).toContain(response.status)
      }
  })

  test('in parameters of methods: Mopidy hears nothing of them', async () => {
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    await client.call('core.get_version')
    musakone.demo?.received.splice(0)
    let found = 0
    for (const [method, params] of CALLS)
      for (const text of oneNumberReplaced(params))
        for (const bad of BAD_NUMBERS) {
          // Of these tracks only the tlid is read at all.
          if (ONLY_TLID.test(method) && !text.includes(`"tlid":${HERE}`)) continue
          found += 1
          const request = JSON.stringify({ type: 'mopidy', id: found, method, params: 0 })
          client.send(request.replace('"params":0', `"params":${text.replace(HERE, bad)}`))
          const { id, error } = await client.next('mopidy_error')
          expect([id, error], `${method} ${text} ${bad}`).toMatchObject([found, { code: -32602 }])
        }
    expect(found).toBeGreaterThan(100)
    expect(musakone.demo?.received).toEqual([])
    client.close()
  })
})

const HERE = '"<here>"'
const ONLY_TLID = /^core\.(playback\.play|tracklist\.index)$/

/** The JSON of the parameters once for each number in them, with a mark in its place. */
function oneNumberReplaced(params: unknown): string[] {
  const numbers = JSON.stringify(params).match(/(?<=[:[,])\d+(?=[,\]}])/g) ?? []
  return numbers.map((_, wanted) => {
    let seen = -1
    return JSON.stringify(params, (_key, value) => {
      if (typeof value !== 'number') return value
      seen += 1
      return seen === wanted ? '<here>' : value
    })
  })
}
