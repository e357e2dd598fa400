import { adminAddress, type Part } from '../../address/links'
import { follow } from '../../address/router'
import { api } from '../../connection/api'
import { Answered, useAnswer } from '../../controls/answer'
import { Icon, type IconName } from '../../controls/icon'
import { adminApi, type Health } from '../admin-api'
import { relative, span } from '../amounts'
import { words } from '../words'
import './overview.css'

/** All parts at a glance, each with a link. */
export function Overview() {
  const say = words()
  const answer = useAnswer('overview', async () => {
    const [health, users, invites, backups] = await Promise.all([
      adminApi.health(),
      adminApi.users(),
      adminApi.invites(),
      adminApi.backups(),
    ])
    return { health, ...users, ...invites, ...backups }
  })
  return (
    <Answered answer={answer}>
      {({ health, users, invites, backups: [newest], folder }) => (
        <>
          <Pulse health={health} />
          <ul class="cards">
            <Card part="people" icon="people" title={say.people}>
              {say.accounts(users.length)}
            </Card>
            <Card part="invites" icon="ticket" title={say.invites}>
              {say.openInvites(invites.filter(({ url }) => url !== undefined).length)}
            </Card>
            <Card part="roles" icon="sliders" title={say.roles} />
            <Card part="audit" icon="shield" title={say.audit} />
            <Card part="health" icon="gauge" title={say.health} />
            <Card part="backups" icon="archive" title={say.backups}>
              {newest
                ? say.lastBackup(relative(newest.created_at))
                : folder === null
                  ? say.inMemory
                  : say.noBackups}
            </Card>
            <Card part="start" icon="check" title={say.firstStart} />
          </ul>
          <Others />
        </>
      )}
    </Answered>
  )
}

/** Whether the service is healthy, its versions and its uptime, in one line. */
export function Pulse({ health }: { health: Health }) {
  const say = words()
  const { online, version } = health.mopidy
  return (
    <p class={online ? 'pulse' : 'pulse trouble'}>
      <Icon name={online ? 'check' : 'offline'} />
      <span>
        <b>{online ? say.running : say.degraded}</b>
        {[
          `Musakone ${health.version}`,
          version && online ? say.mopidyIs(version) : undefined,
          say.upFor(span(health.uptime_s)),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </p>
  )
}

type CardOptions = { part: Part; icon: IconName; title: string; children?: string }

function Card({ part, icon, title, children }: CardOptions) {
  return (
    <li>
      <a class="card" href={adminAddress(part)} onClick={follow}>
        <Icon name={icon} />
        <span class="row-words">
          <span class="row-title">{title}</span>
          {children && <span class="row-hint">{children}</span>}
        </span>
        <Icon name="forward" />
      </a>
    </li>
  )
}

/** Links to other web clients of Mopidy, to the API's documentation and to the metrics. */
function Others() {
  const say = words()
  const { value } = useAnswer('clients', api.clients)
  return (
    <>
      <h2 class="admin-head">{say.others}</h2>
      {value?.problem !== undefined && <p class="note">{value.problem}</p>}
      {value?.clients.length === 0 && <p class="note">{say.noOthers}</p>}
      <ul class="links">
        {(value?.clients ?? []).map(({ name, url }) => (
          <li key={url}>
            <a class="button" href={url}>
              <Icon name="library" />
              <span>{name}</span>
            </a>
          </li>
        ))}
      </ul>
      <h2 class="admin-head">{say.reference}</h2>
      <ul class="links">
        <li>
          <a class="button" href="/swagger">
            <Icon name="book" />
            <span>API</span>
          </a>
        </li>
        <li>
          <a class="button" href="/metrics">
            <Icon name="chart" />
            <span>Prometheus</span>
          </a>
        </li>
      </ul>
    </>
  )
}
