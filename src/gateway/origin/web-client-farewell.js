// Takes the place of a service worker that a web client registered while it was served from this origin:
// deletes what that kept, and unregisters itself.

addEventListener('install', () => skipWaiting())

addEventListener('activate', (event) => event.waitUntil(leave()))

async function leave() {
  const names = await caches.keys()
  const others = names.filter((name) => !name.startsWith('musakone-page-'))
  await Promise.all(others.map((name) => caches.delete(name)))
  await registration.unregister()
  const open = await clients.matchAll({ type: 'window' })
  await Promise.all(open.map((client) => client.navigate(client.url).catch(() => {})))
}
