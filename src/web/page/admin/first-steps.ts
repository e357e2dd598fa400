import { effect } from '@preact/signals'
import { adminAddress } from '../address/links'
import { go, path } from '../address/router'
import { SCREENS } from '../address/screens'
import { get } from '../connection/api'
import { may, me } from '../connection/session'

/** Whether this browser has seen it to its end, or the box has people by now. */
const KEY = 'musakone.first-start'

/** Leads the first admin of a new box, who has come to the start page, through the first steps. */
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
    // Then it is shown again.
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
