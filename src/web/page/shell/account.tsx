import { useState } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { follow } from '../address/router'
import { api, type WebClient } from '../connection/api'
import { logOut, may, me } from '../connection/session'
import { Icon, type IconName } from '../controls/icon'
import { Initial } from '../controls/rows/person'
import { Sheet } from '../controls/sheet'
import { sentences } from '../language/language'
import { accountSheet } from './account-sheet'

/** The button of the account and its sheet: other screens, web clients, password, sessions, keys, log out. */
export function Account() {
  const [open, setOpen] = useState(false)
  const [clients, setClients] = useState<readonly WebClient[]>([])
  const user = me.value
  if (user === null) return null
  const words = sentences()
  function show() {
    setOpen(true)
    api.clients().then(
      ({ clients }) => setClients(clients),
      () => {},
    )
  }
  const close = () => setOpen(false)
  return (
    <>
      <button
        type="button"
        class="account"
        aria-haspopup="dialog"
        aria-label={`${words.account}: ${user.username}`}
        onClick={show}
      >
        <Initial name={user.username} />
      </button>
      {open && (
        <Sheet title={user.username} hint={words.signedInAs(user.role)} onClose={close}>
          <ul class="choices">
            <Way to={SCREENS.listening} icon="chart" onFollow={close}>
              {words.listening}
            </Way>
            {may('history.room') && (
              <Way to={SCREENS.room} icon="people" onFollow={close}>
                {words.room}
              </Way>
            )}
            <Way to={SCREENS.screen} icon="screen" onFollow={close}>
              {words.screen}
            </Way>
            {clients.map(({ name, url }) => (
              <Way key={url} to={url} icon="library">
                {name}
              </Way>
            ))}
            {may('users') && (
              <Way to={SCREENS.admin} icon="sliders" onFollow={close}>
                {words.admin}
              </Way>
            )}
            <Open sheet="password" icon="key" onOpen={close}>
              {words.changePassword}
            </Open>
            <Open sheet="sessions" icon="shield" onOpen={close}>
              {words.mySessions}
            </Open>
            {may('keys') && (
              <Open sheet="keys" icon="link" onOpen={close}>
                {words.apiKeys}
              </Open>
            )}
            <li>
              <button type="button" onClick={logOut}>
                <Icon name="leave" />
                {words.logOut}
              </button>
            </li>
          </ul>
        </Sheet>
      )}
    </>
  )
}

type WayOptions = { to: string; icon: IconName; children: string; onFollow?: () => void }

function Way({ to, icon, children, onFollow }: WayOptions) {
  const followHere = (event: MouseEvent) => {
    onFollow?.()
    follow(event)
  }
  return (
    <li>
      <a href={to} {...(onFollow && { onClick: followHere })}>
        <Icon name={icon} />
        {children}
      </a>
    </li>
  )
}

type OpenOptions = {
  sheet: NonNullable<typeof accountSheet.value>
  icon: IconName
  children: string
  onOpen(): void
}

function Open({ sheet, icon, children, onOpen }: OpenOptions) {
  return (
    <li>
      <button
        type="button"
        onClick={() => {
          onOpen()
          accountSheet.value = sheet
        }}
      >
        <Icon name={icon} />
        {children}
      </button>
    </li>
  )
}
