// Lets the page open without a connection. It keeps only the page and its files, which are the same for
// everybody. Every other request, and every answer of the API, passes it by.

// The values of these three are written here when the page is bundled.
const CACHE = 'musakone-page-VERSION'
const FILES = ['/page/…']
const SCREENS = ['/screens/…']

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
  else if (FILES.includes(pathname)) event.respondWith(file(request))
})

async function keep() {
  const cache = await caches.open(CACHE)
  await cache.addAll([new Request('/', { cache: 'no-cache' }), ...FILES])
}

async function dropOthers() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('musakone-page-') && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
}

/** The page from the server, or the kept one when the server does not answer in time. */
async function page(request) {
  const known = await caches.match('/', { cacheName: CACHE, ignoreVary: true })
  if (known === undefined) return fetch(request)
  // The signal ends a request that hangs: it would block the next request for the same address.
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(request, { signal }).catch(() => undefined)
  // While the server starts, a proxy before it may answer 502 or 503.
  return response === undefined || response.status >= 502 ? known : response
}

/** A file from the cache, or from the server; its name holds a hash of its content. */
async function file(request) {
  return (await caches.match(request.url, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request)
}
