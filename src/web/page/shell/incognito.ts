import { signal } from '@preact/signals'
import { get, send } from '../connection/api'
import { onOpen } from '../connection/socket'

type Switch = { on: boolean }
const ADDRESS = '/api/analytics/incognito'

/** Whether nothing that one does is kept; null until it is known. */
export const incognito = signal<boolean | null>(null)

/** Shown at once, and taken back when it is refused. @throws {ApiError} */
export async function setIncognito(on: boolean): Promise<void> {
  const before = incognito.value
  incognito.value = on
  try {
    await send<Switch>('PUT', ADDRESS, { on })
  } catch (error) {
    incognito.value = before
    throw error
  }
}

onOpen(() =>
  get<Switch>(ADDRESS).then(
    ({ on }) => {
      incognito.value = on
    },
    () => {},
  ),
)
