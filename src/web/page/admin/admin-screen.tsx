// First, so that the rules of the parts come later in the bundle and win over these.
import './admin.css'
import { adminAddress, PARTS, type Part } from '../address/links'
import { query } from '../address/router'
import { may, me } from '../connection/session'
import { Face, Waiting } from '../controls/face'
import { Tabs } from '../controls/tabs'
import { AuditLog } from './audit-log'
import { Backups } from './box/backups'
import { HealthPanel } from './box/health-panel'
import { Overview } from './box/overview'
import { FirstStart } from './first-start'
import { Invites } from './invites/invites'
import { OneInvite } from './invites/one-invite'
import { OnePerson } from './people/one-person'
import { People } from './people/people'
import { Roles } from './people/roles'
import { words } from './words'

/** The administration: a tab a part. */
export function AdminScreen() {
  const { notForYou, notForYouHint, parts, overview, firstStart: _, ...names } = words()
  if (me.value === null) return <Waiting />
  if (!may('users')) return <Face icon="shield" title={notForYou} hint={notForYouHint} />
  const part = query.value.get('part')
  if (part === 'start') return <FirstStart />
  return (
    <div class="admin">
      <Tabs
        label={parts}
        tabs={[
          [adminAddress(), overview, part === null],
          ...PARTS.map((name) => [adminAddress(name), names[name], part === name] as const),
        ]}
      />
      <Body part={part as Part | null} id={Number(query.value.get('id'))} />
    </div>
  )
}

function Body({ part, id }: { part: Part | null; id: number }) {
  switch (part) {
    case 'people':
      return id ? <OnePerson key={id} id={id} /> : <People />
    case 'invites':
      return id ? <OneInvite key={id} id={id} /> : <Invites />
    case 'roles':
      return <Roles />
    case 'audit':
      return <AuditLog />
    case 'health':
      return <HealthPanel />
    case 'backups':
      return <Backups />
    default:
      return <Overview />
  }
}
