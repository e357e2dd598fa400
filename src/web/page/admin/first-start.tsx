import type { ComponentChildren } from 'preact'
import { DAY_S } from '../../../clock'
import { Button } from '../controls/button'
import { Icon } from '../controls/icon'
import { Answered, useAnswer } from '../listening/answer'
import { go } from '../router'
import { accountSheet } from '../shell/account-sheet'
import { complain } from '../toasts'
import { placeOf } from './address'
import { adminApi, type Box } from './admin-api'
import { Findings } from './box/findings'
import { dismissFirstStart } from './first-steps'
import { reasonFor, words } from './words'

const SECONDS_A_WEEK = 7 * DAY_S

/** Leads the owner of a new box through what is to be done once. */
export function FirstStart() {
  const say = words()
  const answer = useAnswer('first start', async () => {
    const [box, { policy }, { invites }] = await Promise.all([
      adminApi.box(),
      adminApi.registration(),
      adminApi.invites(),
    ])
    return { box, policy, invite: invites.find(({ url }) => url !== undefined) }
  })
  function leave() {
    dismissFirstStart()
    go('/')
  }
  return (
    <div class="first-start">
      <h2>{say.welcome}</h2>
      <p class="note">{say.welcomeHint}</p>
      <Answered answer={answer}>
        {({ box, policy, invite }) => (
          <ol>
            <Step title={say.stepPassword} isDone={false}>
              <p>{say.passwordOwn}</p>
              <Button
                icon="key"
                onClick={() => {
                  accountSheet.value = 'password'
                }}
              >
                {say.changePassword}
              </Button>
            </Step>
            <MopidyStep box={box} onAgain={answer.again} />
            <DoorStep box={box} onAgain={answer.again} />
            <Step title={say.stepInvite} isDone={invite !== undefined}>
              {invite !== undefined ? (
                <Button icon="ticket" onClick={() => go(placeOf('invites', invite.id))}>
                  {say.seeInvite}
                </Button>
              ) : policy === 'closed' ? (
                <>
                  <p>{say.registrationClosed}</p>
                  <pre class="command">sudo systemctl restart musakone</pre>
                </>
              ) : (
                <>
                  <p>{say.inviteFirst}</p>
                  <Button icon="ticket" class="primary" onClick={makeInvite}>
                    {say.makeInvite}
                  </Button>
                </>
              )}
            </Step>
          </ol>
        )}
      </Answered>
      <div class="first-start-end">
        <Button icon="check" class="primary" onClick={leave}>
          {say.finish}
        </Button>
      </div>
    </div>
  )
}

async function makeInvite(): Promise<void> {
  try {
    const expires_in_s = SECONDS_A_WEEK
    const { id } = await adminApi.createInvite({ role: 'guest', expires_in_s })
    go(placeOf('invites', id))
  } catch (error) {
    complain(reasonFor(error))
  }
}

type BoxStep = { box: Box; onAgain(): void }

function MopidyStep({ box, onAgain }: BoxStep) {
  const say = words()
  const found = box.findings.filter(({ check }) => check === 'mopidy')
  const isThere = found.every(({ mark }) => mark !== 'wrong')
  return (
    <Step title={say.stepMopidy} isDone={isThere}>
      {isThere ? (
        <p>{say.mopidyFound}</p>
      ) : (
        <>
          <Findings findings={found} />
          <pre class="command">sudo systemctl enable --now mopidy</pre>
          <Button icon="repeat" onClick={onAgain}>
            {say.checkAgain}
          </Button>
        </>
      )}
    </Step>
  )
}

function DoorStep({ box, onAgain }: BoxStep) {
  const say = words()
  const found = box.findings.filter(({ check }) => check === 'front door')
  const isShut = found.every(({ mark }) => mark === 'ok')
  return (
    <Step title={say.stepDoor} isDone={isShut}>
      {found.some(({ mark }) => mark === 'wrong') && <p>{say.doorOpen}</p>}
      <Findings findings={found} />
      {!isShut && (
        <Button icon="repeat" onClick={onAgain}>
          {say.checkAgain}
        </Button>
      )}
    </Step>
  )
}

type StepOptions = { title: string; isDone: boolean; children: ComponentChildren }

function Step({ title, isDone, children }: StepOptions) {
  return (
    <li class={isDone ? 'step done' : 'step'}>
      <span class="step-mark">{isDone && <Icon name="check" />}</span>
      <div>
        <h3>
          {title}
          {isDone && <span class="unseen"> ({words().done})</span>}
        </h3>
        {children}
      </div>
    </li>
  )
}
