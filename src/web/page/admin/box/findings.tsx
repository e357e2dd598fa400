import { Icon, type IconName } from '../../controls/icon'
import type { Finding } from '../admin-api'
import { inWords, words } from '../words'
import './findings.css'

const ICONS: Readonly<Record<Finding['mark'], IconName>> = {
  ok: 'check',
  note: 'more',
  wrong: 'close',
  unknown: 'more',
}

/** The findings of the box's checks: a sentence each, and the remedy. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const say = words()
  const names = { ok: say.well, note: say.look, wrong: say.wrong, unknown: say.cannotTell }
  return (
    <ul class="findings">
      {findings.map(({ mark, message, remedy }) => (
        <li key={message} class={mark}>
          <Icon name={ICONS[mark]} />
          <div>
            <p>
              <span class="unseen">{names[mark]}: </span>
              {inWords(message)}
            </p>
            {remedy && <p class="remedy">{inWords(remedy)}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}
