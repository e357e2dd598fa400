import { SCREENS } from '../../../http/page-addresses'
import { onOpen } from '../connection/socket'
import { whenCalm } from './calm'

/** Whether the server has a newer page than this one; the next link then loads the new page. */
let isOld = false

/** Registers the service worker, so that the page opens without a connection. */
export function install(): void {
  const workers = navigator.serviceWorker
  // Browsers offer service workers only over TLS or from the machine itself.
  if (workers === undefined) return
  let isFirst = workers.controller === null
  workers.addEventListener('controllerchange', () => {
    isOld = !isFirst
    isFirst = false
    if (!isOld) return
    // Nobody touches a wall screen, so it loads the new page by itself.
    if (location.pathname === SCREENS.screen) location.reload()
  })
  // The worker fetches every file of the page, which would delay the first rendering.
  whenCalm(
    () => void workers.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => {}),
  )
  // Musakone may have been updated while the connection was lost.
  workers.ready.then((registration) => onOpen(() => void registration.update().catch(() => {})))
}

/** Loads the address from the server if this page is an old version; whether it does. */
export function openAnew(to: string): boolean {
  if (isOld) location.assign(to)
  return isOld
}
