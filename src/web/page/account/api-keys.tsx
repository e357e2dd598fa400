import { useState } from 'preact/hooks'
import { adminApi } from '../admin/admin-api'
import { day, relative } from '../admin/amounts'
import { copyText } from '../admin/invites/clipboard'
import { reasonFor, words } from '../admin/words'
import { may } from '../connection/session'
import { Answered, useAnswer } from '../controls/answer'
import { Button } from '../controls/button'
import { Field, Form, Tick } from '../controls/forms/field'
import { Icon } from '../controls/icon'
import { say as announce, complain } from '../shell/toasts'

const LONGEST_ADMINISTRATION_DAYS = 365

/** The person's own API keys; a new key is shown once. */
export function ApiKeys() {
  const say = words()
  const answer = useAnswer('keys', adminApi.keys)
  const [made, setMade] = useState<string | null>(null)
  async function revoke(id: number, name: string) {
    try {
      await adminApi.revokeKey(id)
      announce(say.ended(name))
    } catch (error) {
      complain(reasonFor(error))
    }
    answer.again()
  }
  return (
    <>
      {made !== null && (
        <div class="new-key">
          <p>{say.keyOnce}</p>
          <code>{made}</code>
          <Button
            icon="save"
            onClick={() => copyText(made).then(() => announce(say.copied), complain)}
          >
            {say.copy}
          </Button>
        </div>
      )}
      <Answered answer={answer}>
        {({ keys }) =>
          keys.length === 0 ? (
            <p class="note">{say.noKeys}</p>
          ) : (
            <ul class="sessions">
              {keys.map(({ id, name, role, administration, expires_at: end, last_used: used }) => (
                <li key={id}>
                  <Icon name="key" />
                  <span class="row-words">
                    <span class="row-title">{name}</span>
                    <span class="row-hint">
                      {[
                        administration ? say.keyForAdministration : say.roleNames[role],
                        end === null ? '' : say.until(day(end)),
                        used === null ? say.neverUsed : say.lastUse(relative(used)),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </span>
                  <Button aria-label={`${say.revoke}: ${name}`} onClick={() => revoke(id, name)}>
                    {say.revoke}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      {may('keys') && (
        <Form
          submit={say.makeKey}
          reasonFor={reasonFor}
          onSubmit={async (values) => {
            const { key } = await adminApi.createKey({
              name: String(values.get('name')).trim(),
              ...(values.has('administration') && {
                administration: true,
                expires_in_days: LONGEST_ADMINISTRATION_DAYS,
              }),
            })
            setMade(key)
            answer.again()
          }}
        >
          <Field
            key={made}
            label={say.keyName}
            name="name"
            maxLength={64}
            autocomplete="off"
            required
          />
          {may('users') && <Tick label={say.makeKeyForAdministration} name="administration" />}
        </Form>
      )}
    </>
  )
}
