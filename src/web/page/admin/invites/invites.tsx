import { useState } from 'preact/hooks'
import { DAY_S, HOUR_S } from '../../../../clock'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { Field, Form, Pick } from '../../controls/field'
import { Icon } from '../../controls/icon'
import { Sheet } from '../../controls/sheet'
import { Answered, useAnswer } from '../../listening/answer'
import { follow, go } from '../../router'
import { placeOf } from '../address'
import { adminApi, type Invite } from '../admin-api'
import { moment } from '../amounts'
import { useRefresh } from '../refreshed'
import { reasonFor, words } from '../words'

const SECONDS = {
  hours3: 3 * HOUR_S,
  hours12: 12 * HOUR_S,
  day: DAY_S,
  week: 7 * DAY_S,
  month: 30 * DAY_S,
  year: 365 * DAY_S,
} as const
type Span = keyof typeof SECONDS

/** The invites that let somebody in. */
export function Invites() {
  const say = words()
  const answer = useAnswer('invites', adminApi.invites)
  const [making, setMaking] = useState(false)
  useRefresh(answer.again)
  const make = (
    <Button icon="plus" class="primary" onClick={() => setMaking(true)}>
      {say.newInvite}
    </Button>
  )
  return (
    <>
      <Answered answer={answer}>
        {({ invites }) => {
          const open = invites.filter(({ url }) => url !== undefined)
          if (open.length === 0)
            return (
              <Face icon="ticket" title={say.noInvites} hint={say.noInvitesHint}>
                {make}
              </Face>
            )
          return (
            <>
              <div class="tools">
                <p class="count">{say.openInvites(open.length)}</p>
                {make}
              </div>
              <ul class="rows" aria-label={say.invites}>
                {open.map((invite) => (
                  <li key={invite.id}>
                    <a class="row folder-row" href={placeOf('invites', invite.id)} onClick={follow}>
                      <span class="cover symbol">
                        <Icon name="ticket" />
                      </span>
                      <span class="row-words">
                        <span class="row-title">{invite.name || say.untitledInvite}</span>
                        <span class="row-hint">{detailsOf(invite)}</span>
                      </span>
                      <Icon name="forward" />
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )
        }}
      </Answered>
      {making && <NewInvite onClose={() => setMaking(false)} />}
    </>
  )
}

/** For whom, until when, and how many have come. */
export function detailsOf({ role, expires_at: end, uses, max_uses: most, created_by: by }: Invite) {
  const say = words()
  return [
    say.forRole(say.roleNames[role]),
    say.until(moment(end)),
    say.usedOf(uses, most),
    by && say.invitedBy(by.username),
  ]
    .filter(Boolean)
    .join(' · ')
}

function NewInvite({ onClose }: { onClose(): void }) {
  const say = words()
  const [role, setRole] = useState<Invite['role']>('guest')
  const create = async (values: FormData) => {
    const uses = String(values.get('uses')).trim()
    const { id } = await adminApi.createInvite({
      role,
      name: String(values.get('name')).trim(),
      expires_in_s: SECONDS[values.get('lasts') as Span],
      max_uses: uses === '' ? null : Number(uses),
    })
    onClose()
    go(placeOf('invites', id))
  }
  return (
    <Sheet title={say.newInvite} onClose={onClose}>
      <Form submit={say.create} onSubmit={create} reasonFor={reasonFor}>
        <Pick
          label={say.role}
          name="role"
          value={role}
          onPick={setRole}
          options={[
            ['guest', say.roleNames.guest],
            ['member', say.roleNames.member],
          ]}
        />
        <Field label={say.occasion} hint={say.occasionHint} name="name" maxLength={100} />
        <Pick
          label={say.lasts}
          name="lasts"
          value="hours12"
          options={(Object.keys(SECONDS) as Span[]).map((span) => [span, say.spans[span]])}
        />
        <Field
          key={role}
          label={say.uses}
          hint={say.usesHint}
          name="uses"
          type="number"
          inputMode="numeric"
          min={1}
          max={10_000}
          defaultValue={role === 'member' ? '1' : ''}
        />
      </Form>
    </Sheet>
  )
}
