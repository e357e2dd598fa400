import { signal } from '@preact/signals'
import { get, send } from '../connection/api'
import { onOpen } from '../connection/socket'

type Switch = { on: boolean }
const ADDRESS = '/api/analytics/incognito'

/** Whether the person is incognito, so that no action is recorded; null until it is known. */
export const incognito = signal<boolean | null>(null)

/** Switches incognito: shown at once, and taken back when the server refuses. @throws {ApiError} */
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
