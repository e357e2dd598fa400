import { listeningAddress } from '../address/links'
import { follow } from '../address/router'
import { Icon } from '../controls/icon'
import { sentences } from '../language/language'
import { incognito } from './incognito'

/** The mark that incognito is on; it links to the switch. */
export function IncognitoSign() {
  if (incognito.value !== true) return null
  return (
    <a class="incognito-sign" href={listeningAddress('listening', 'data')} onClick={follow}>
      <span class="pill">
        <Icon name="hidden" />
        {sentences().incognito}
      </span>
    </a>
  )
}
