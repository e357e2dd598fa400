import { connection, mopidyOnline } from '../connection/socket'
import { Icon } from '../controls/icon'
import { sentences } from '../language/language'

/** The problem of the connection, announced to screen readers; empty when all is well. */
export function Status() {
  const words = sentences()
  const state = connection.value
  const text =
    state === 'lost'
      ? words.connectionLost
      : state === 'connecting'
        ? words.connecting
        : mopidyOnline.value
          ? ''
          : words.mopidyOffline
  return (
    <div class="status" role="status" data-connection={state}>
      {text !== '' && (
        <span class={`pill ${state}`}>
          <Icon name="offline" />
          {text}
        </span>
      )}
    </div>
  )
}
