import { Face, Waiting } from '../controls/face'
import { Tabs } from '../controls/tabs'
import { query } from '../router'
import { may, me } from '../session'
import { PARTS, type Part, placeOf } from './address'
import { AuditLog } from './audit-log'
import { Backups } from './backups'
import { FirstStart } from './first-start'
import { HealthPanel } from './health-panel'
import { Invites } from './invites'
import { OneInvite } from './one-invite'
import { OnePerson } from './one-person'
import { Overview } from './overview'
import { People } from './people'
import { Roles } from './roles'
import { words } from './words'
import './admin.css'

/** The owner's control room. */
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
          [placeOf(), overview, part === null],
          ...PARTS.map((name) => [placeOf(name), names[name], part === name] as const),
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
