import { SCREENS } from '../address/screens'
import { onOpen } from '../connection/socket'
import { whenCalm } from './calm'

/** Whether the server has a newer page than this: the next screen is then opened with that. */
let isOld = false

/** Where the page may be installed, it opens without a connection too. */
export function install(): void {
  const workers = navigator.serviceWorker
  // Only over TLS, or on the machine itself.
  if (workers === undefined) return
  let isFirst = workers.controller === null
  workers.addEventListener('controllerchange', () => {
    isOld = !isFirst
    isFirst = false
    if (!isOld) return
    // Nobody opens another screen on a wall.
    if (location.pathname === SCREENS.screen) location.reload()
  })
  // It fetches all that there is, which would be in the way of the first picture.
  whenCalm(
    () => void workers.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => {}),
  )
  // A connection that was lost may have been so for an update.
  workers.ready.then((registration) => onOpen(() => void registration.update().catch(() => {})))
}

/** Opens the address as the server has it now, if this page is an old one; whether it does. */
export function openAnew(to: string): boolean {
  if (isOld) location.assign(to)
  return isOld
}
