import { effect } from '@preact/signals'
import { SCREENS } from '../../../http/page-addresses'
import { adminAddress } from '../address/links'
import { go, path } from '../address/router'
import { get } from '../connection/api'
import { may, me } from '../connection/session'

/** Set once this browser has finished the first steps, or has seen that the box has more than one account. */
const KEY = 'musakone.first-start'

/** Opens the first steps when the admin of a new box opens the start page. */
export function leadThroughFirstSteps(): void {
  const stop = effect(() => {
    if (me.value === null) return
    queueMicrotask(() => stop())
    if (may('box') && path.peek() === SCREENS.playing && !isDismissed()) look()
  })
}

export function dismissFirstStart(): void {
  try {
    localStorage.setItem(KEY, 'seen')
  } catch {
    // Without storage, the steps are shown again next time.
  }
}

async function look(): Promise<void> {
  const box = await get<{ first_start: boolean }>('/api/box').catch(() => undefined)
  if (box === undefined) return
  if (!box.first_start) dismissFirstStart()
  else if (path.peek() === SCREENS.playing) go(adminAddress('start'), { replace: true })
}

function isDismissed(): boolean {
  try {
    return localStorage.getItem(KEY) !== null
  } catch {
    return false
  }
}
