import { logInAgain } from '../../connection/socket'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Icon } from '../../controls/icon'
import { say as announce, complain } from '../../shell/toasts'
import { adminApi, type SessionEntry } from '../admin-api'
import { relative } from '../amounts'
import { reasonFor, words } from '../words'
import './sessions.css'

type SessionListOptions = {
  question: string
  ask: () => Promise<{ sessions: SessionEntry[] }>
}

/** The sessions of an account, each with a button that ends it. */
export function SessionList({ question, ask }: SessionListOptions) {
  const say = words()
  const answer = useAnswer(question, ask)
  async function end(session: SessionEntry) {
    try {
      await adminApi.endSession(session.id)
      if (session.current) return logInAgain()
      announce(say.ended(nameOf(session)))
    } catch (error) {
      complain(reasonFor(error))
    }
    answer.again()
  }
  return (
    <Answered answer={answer}>
      {({ sessions }) =>
        sessions.length === 0 ? (
          <p class="note">{say.noSessions}</p>
        ) : (
          <ul class="sessions">
            {sessions.map((session) => (
              <li key={session.id}>
                <Icon name={session.kind === 'key' ? 'key' : 'screen'} />
                <span class="row-words">
                  <span class="row-title">{nameOf(session)}</span>
                  <span class="row-hint">
                    {[
                      session.current ? say.thisDevice : say.lastUse(relative(session.last_seen)),
                      session.ip,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
                <Button aria-label={say.endName(nameOf(session))} onClick={() => end(session)}>
                  {say.end}
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  )
}

function nameOf({ kind, name, device }: SessionEntry): string {
  const say = words()
  if (kind === 'key') return say.keyNamed(name ?? '')
  return device ?? (kind === 'header' ? say.byProxy : say.unknownDevice)
}
