import { useEffect, useState } from 'preact/hooks'
import { adminAddress } from '../address/links'
import { go, query } from '../address/router'
import { Answered, useAnswer } from '../controls/answer'
import { Button } from '../controls/button'
import { Face } from '../controls/face'
import { Pick } from '../controls/forms/field'
import { complain } from '../shell/toasts'
import { type AuditEntry, adminApi } from './admin-api'
import { moment } from './amounts'
import { reasonFor, words } from './words'
import './audit-log.css'

const KINDS = {
  all: '',
  logins: 'login,logout,session_ended',
  failures: 'login_failed,login_locked',
  people:
    'user_created,user_renamed,user_enabled,user_disabled,user_deleted,role_changed,registered,password_changed,password_set,role_rules_changed',
  invites: 'invite_created,invite_ended,key_created,key_revoked,key_limited',
} as const
type Kind = keyof typeof KINDS

/** The log of logins, refused logins and changes of accounts; newest first. */
export function AuditLog() {
  const say = words()
  const asked = query.value.get('kind') ?? ''
  const kind: Kind = Object.hasOwn(KINDS, asked) ? (asked as Kind) : 'all'
  const [older, setOlder] = useState<readonly AuditEntry[]>([])
  const [cursor, setCursor] = useState<string | null | undefined>(undefined)
  const answer = useAnswer(`audit ${kind}`, () => adminApi.audit(KINDS[kind], null))
  useEffect(() => {
    setOlder([])
    setCursor(undefined)
  }, [kind])
  return (
    <>
      <p class="note">{say.auditHint}</p>
      <div class="filter">
        <Pick
          label={say.kinds}
          name="kind"
          value={kind}
          onPick={(kind) => go(`${adminAddress('audit')}&kind=${kind}`, { replace: true })}
          options={(Object.keys(KINDS) as Kind[]).map((kind) => [kind, say.kindNames[kind]])}
        />
      </div>
      <Answered answer={answer}>
        {({ events, next_cursor: next }) => {
          const follows = cursor === undefined ? next : cursor
          const more = () =>
            adminApi.audit(KINDS[kind], follows).then(
              (page) => {
                setOlder((before) => [...before, ...page.events])
                setCursor(page.next_cursor)
              },
              (error) => complain(reasonFor(error)),
            )
          if (events.length === 0) return <Face icon="shield" title={say.emptyAudit} />
          return (
            <>
              <ol class="audit" aria-label={say.audit}>
                {[...events, ...older.filter(({ id }) => id < lastOf(events))].map((event) => (
                  <Entry key={event.id} event={event} />
                ))}
              </ol>
              {follows !== null && (
                <Button class="wide" onClick={more}>
                  {say.more}
                </Button>
              )}
            </>
          )
        }}
      </Answered>
    </>
  )
}

function Entry({ event }: { event: AuditEntry }) {
  const isBad = KINDS.failures.split(',').includes(event.event_type)
  return (
    <li class={isBad ? 'bad' : undefined}>
      <span>{sentenceOf(event)}</span>
      <small>{[moment(event.timestamp), event.ip].filter(Boolean).join(' · ')}</small>
    </li>
  )
}

/** An event in words; a type that this page does not know is shown by its name. */
function sentenceOf({ event_type: type, user, subject, details }: AuditEntry): string {
  const say = words()
  const text = (name: string) => String(details?.[name] ?? '')
  const who = user?.username ?? (details?.by === undefined ? '' : say.commandLine)
  const sentence = Object.hasOwn(say.events, type) ? say.events[type] : undefined
  return sentence?.({ who, whom: subject?.username ?? '', text }) ?? `${type} ${who}`
}

/** The id of the page's oldest event: older pages that were fetched before may overlap the first one. */
const lastOf = (events: readonly AuditEntry[]): number => events.at(-1)?.id ?? 0
