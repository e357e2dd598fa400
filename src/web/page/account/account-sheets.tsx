import { adminApi } from '../admin/admin-api'
import { SessionList } from '../admin/people/session-list'
import { words } from '../admin/words'
import { Sheet } from '../controls/sheet'
import { accountSheet } from '../shell/account-sheet'
import { ApiKeys } from './api-keys'
import { ConfirmSheet } from './confirm-sheet'
import { ChoosePassword, PasswordForm } from './password-form'
import './account.css'

/** The sheets of the person's own account: password, sessions, API keys; and the confirming by password. */
export function AccountSheets() {
  return (
    <>
      <OpenSheet />
      <ConfirmSheet />
    </>
  )
}

function OpenSheet() {
  const say = words()
  const close = () => {
    accountSheet.value = null
  }
  switch (accountSheet.value) {
    case 'first-password':
      return <ChoosePassword />
    case 'password':
      return (
        <Sheet title={say.changePassword} onClose={close}>
          <PasswordForm onDone={close} />
        </Sheet>
      )
    case 'sessions':
      return (
        <Sheet title={say.mySessions} onClose={close}>
          <SessionList question="my sessions" ask={adminApi.mySessions} />
        </Sheet>
      )
    case 'keys':
      return (
        <Sheet title={say.keys} hint={say.keysHint} onClose={close}>
          <ApiKeys />
        </Sheet>
      )
    default:
      return null
  }
}
