import { Icon } from '../controls/icon'
import { incognito } from '../incognito'
import { sentences } from '../language/language'
import { follow } from '../router'

/** That nothing is kept at the moment, and the way to the switch. */
export function IncognitoSign() {
  if (incognito.value !== true) return null
  return (
    <a class="incognito-sign" href="/listening?show=data" onClick={follow}>
      <span class="pill">
        <Icon name="hidden" />
        {sentences().incognito}
      </span>
    </a>
  )
}
