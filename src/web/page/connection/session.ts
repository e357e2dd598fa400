import { signal } from '@preact/signals'
import type { Me } from '../../../accounts/model'
import type { Permission } from '../../../accounts/roles/permissions'
import { LOGIN_PAGE } from '../../../http/page-addresses'
import { whenCalm } from '../opening/calm'
import { accountSheet } from '../shell/account-sheet'
import { api } from './api'
import { leaveFor, onOpen, renew } from './socket'

/** The person who is signed in, with the permissions; null until it is known. */
export const me = signal<Me | null>(null)

/** Whether the role has the permission; false until it is known. */
export function may(permission: Permission): boolean {
  return me.value?.permissions.includes(permission) ?? false
}

/** Fetches the person who is signed in; without a session the login opens. */
export async function recognise(): Promise<void> {
  try {
    const user = await api.me()
    if (user.must_change_password) accountSheet.value = 'first-password'
    me.value = user
  } catch {
    // The page shows by itself that there is no connection, and fetches again on the next one.
  }
}

export async function logOut(): Promise<void> {
  // The server closes the socket of the ended session. `renew` keeps that from opening the login
  // with a way back.
  await renew(api.logOut().catch(() => {}))
  leaveFor(LOGIN_PAGE)
}

onOpen((isFirst) => {
  // At the first connection the page has just asked; only without an answer it asks again.
  if (!isFirst) recognise()
  else
    whenCalm(() => {
      if (me.value === null) recognise()
    })
})
