import { signal } from '@preact/signals'
import type { Me } from '../../../accounts/model'
import type { Permission } from '../../../accounts/roles/permissions'
import { LOGIN_PAGE } from '../../../http/page-addresses'
import { whenCalm } from '../calm'
import { accountSheet } from '../shell/account-sheet'
import { api } from './api'
import { leaveFor, onOpen, renew } from './socket'

/** Who is signed in, and what they may. */
export const me = signal<Me | null>(null)

/** Whether the role may do it; false until it is known. */
export function may(permission: Permission): boolean {
  return me.value?.permissions.includes(permission) ?? false
}

/** Asks who is signed in; without a session to the login. */
export async function recognise(): Promise<void> {
  try {
    const user = await api.me()
    if (user.must_change_password) accountSheet.value = 'first-password'
    me.value = user
  } catch {
    // The connection says so itself, and asks again when it is back.
  }
}

export async function logOut(): Promise<void> {
  // The socket closes for it: no reason to ask for a login that leads back here.
  await renew(api.logOut().catch(() => {}))
  leaveFor(LOGIN_PAGE)
}

onOpen((isFirst) => {
  // Then it has just been asked, if there was an answer.
  if (!isFirst) recognise()
  else
    whenCalm(() => {
      if (me.value === null) recognise()
    })
})
