import { Elysia } from 'elysia'
import { PUBLIC } from '../accounts/door/auth'
import { AppError } from '../errors'
import { SCREENS } from '../http/page-addresses'
import type { BundledFile, PageBundle } from './bundle'
import { pagePolicy } from './page-policy'

declare const MUSAKONE_COMMIT: string | undefined

const hidden = { detail: { ...PUBLIC, hide: true } }
const FOR_EVER = 'public, max-age=31536000, immutable'

let bundle: Promise<PageBundle> | undefined

/** The routes of the page and its files, whose names hold a hash of their content. */
export const pageRoutes = () => {
  const page = async ({ request }: { request: Request }) => {
    const { html } = await loadBundle()
    return send(
      html,
      request,
      { 'content-security-policy': pagePolicy(request.headers.get('host')) },
      'no-cache',
    )
  }
  const routes = new Elysia({ name: 'page.routes' })
    .get(
      '/service-worker.js',
      async ({ request }) =>
        // A service worker has a policy of its own for what it may fetch.
        send(
          (await loadBundle()).serviceWorker,
          request,
          { 'content-security-policy': "default-src 'none'; connect-src 'self'" },
          'no-cache',
        ),
      hidden,
    )
    .get(
      '/page/:file',
      async ({ params, request }) => {
        const { files } = await loadBundle()
        const file = Object.hasOwn(files, params.file) ? files[params.file] : undefined
        if (file === undefined) throw new AppError('not_found', 'There is nothing at this address.')
        return send(file, request, {}, FOR_EVER)
      },
      hidden,
    )
  for (const path of Object.values(SCREENS)) routes.get(path, page, hidden)
  return routes
}

/** The bundle that the executable embeds, or, from the sources, one made at the first request. */
function loadBundle(): Promise<PageBundle> {
  bundle ??=
    typeof MUSAKONE_COMMIT === 'string'
      ? import('./embedded-page').then(({ embeddedPage }) => embeddedPage)
      : import('./bundle').then(({ bundlePage }) => bundlePage())
  return bundle
}

function send(
  file: BundledFile,
  request: Request,
  more: Record<string, string>,
  cacheControl: string,
): Response {
  const encoding = file.bytes === undefined ? encodingFor(request) : undefined
  const etag = `"${file.hash}${encoding === undefined ? '' : `-${encoding}`}"`
  const headers = {
    ...more,
    etag,
    'cache-control': cacheControl,
    'referrer-policy': 'same-origin',
    vary: 'accept-encoding',
  }
  if (knows(request, etag)) return new Response(null, { status: 304, headers })
  const packed = encoding === undefined ? file.bytes : file[encoding === 'br' ? 'brotli' : 'gzip']
  const body = packed === undefined ? file.text : Buffer.from(packed, 'base64')
  return new Response(body, {
    headers: {
      ...headers,
      'content-type': file.bytes === undefined ? `${file.type}; charset=utf-8` : file.type,
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
  })
}

/** The best encoding that the browser accepts; a weight of 0 refuses one. */
function encodingFor(request: Request): 'br' | 'gzip' | undefined {
  const taken = (request.headers.get('accept-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]?.trim())
  return taken.includes('br') ? 'br' : taken.includes('gzip') ? 'gzip' : undefined
}

function knows(request: Request, etag: string): boolean {
  const known = (request.headers.get('if-none-match') ?? '').split(',')
  return known.some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
