// Lets the page open without a connection. It keeps only the page and its files, which are the same for
// everybody. Every other request, and every answer of the API, passes it by.
//
// Other scripts of this origin can write to its cache: each content is compared with its hash whenever it is
// used, and nothing else of what is kept counts.

// The values of these four are written here when the page is bundled.
const CACHE = 'musakone-page-VERSION'
const KEPT = new Map(
  [['/page/…', 'text/…', 'sha256-…']].map(([path, type, hash]) => [path, { type, hash }]),
)
const SCREENS = ['/screens/…']
const POLICY = 'POLICY'.replaceAll('HOST', location.host)

/** After this time without an answer, the page opens as it was kept. */
const PATIENCE_MS = 2_500

addEventListener('install', (event) => {
  event.waitUntil(keep().then(() => skipWaiting()))
})

addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => clients.claim()))
})

addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && SCREENS.includes(pathname)) event.respondWith(page(request))
  else if (pathname !== '/' && KEPT.has(pathname)) event.respondWith(file(request, pathname))
})

async function keep() {
  const cache = await caches.open(CACHE)
  await Promise.all(
    [...KEPT.keys()].map(async (path) => {
      const response = await fetch(new Request(path, path === '/' ? { cache: 'no-cache' } : {}))
      if ((await checked(path, response.clone())) === undefined)
        throw new Error(`${path} is of another version`)
      await cache.put(path, response)
    }),
  )
}

async function dropOthers() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('musakone-page-') && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
}

/** The page from the server, or the kept one when the server does not answer in time. */
async function page(request) {
  const known = await kept('/')
  if (known === undefined) return fetch(request)
  // The signal ends a request that hangs: it would block the next request for the same address.
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(request, { signal }).catch(() => undefined)
  // While the server starts, a proxy before it may answer 502 or 503.
  return response === undefined || response.status >= 502 ? known : response
}

/** A file from the cache, or from the server; its name holds a hash of its content. */
async function file(request, path) {
  return (await kept(path)) ?? fetch(request)
}

/** What is kept for the path; undefined when that is nothing, or something else than it should be. */
async function kept(path) {
  const found = await caches.match(path, { cacheName: CACHE, ignoreVary: true })
  return found && checked(path, found)
}

/** A response with the content of the given one; undefined when the content has another hash. */
async function checked(path, response) {
  const { type, hash } = KEPT.get(path)
  const content = await response.arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content))
  if (`sha256-${btoa(String.fromCharCode(...digest))}` !== hash) return undefined
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  }
  return new Response(content, {
    headers: path === '/' ? { ...headers, 'content-security-policy': POLICY } : headers,
  })
}
