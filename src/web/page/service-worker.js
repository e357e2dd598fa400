// Lets the page open without a connection. Only what is the same for everybody is kept: the page and
// its files. All else, and above all every answer of the API, goes to the server as if this were not here.

// All three are written here when the page is bundled.
const CACHE = 'musakone-page-VERSION'
const FILES = ['/page/…']
/** The addresses that show the page. */
const SCREENS = ['/…']
/** A page that is slower than this is opened as it was. */
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

/** As the server has it, if that answers in time; else as it was. */
async function page(request) {
  const known = await caches.match('/', { cacheName: CACHE, ignoreVary: true })
  if (known === undefined) return fetch(request)
  // Left waiting, it would hold up the next one for the same address.
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(request, { signal }).catch(() => undefined)
  // A server that is starting has a proxy before it that says so.
  return response === undefined || response.status >= 502 ? known : response
}

/** What its name says never changes. */
async function file(request) {
  return (await caches.match(request.url, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request)
}
