import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Actions } from '../../actions/actions'
import type { Clock } from '../../clock'
import type { Queuers } from '../../listening/queuers'
import { type Call, rebuildCall } from '../../mopidy/call'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Mirror } from '../../mopidy/mirror'
import type { Mopidy } from '../../mopidy/mopidy'
import type { OnDone, QueueWrites } from '../../mopidy/queue-writes'
import { createAddLimits } from './add-limits'
import { createAskerTurns } from './asker-turns'
import { createCallLimits } from './call-limits'
import { notPermitted } from './refusal'
import { createShownUris } from './shown-uris'

export type RelayCall = (
  identity: Identity,
  method: unknown,
  params: unknown,
  onAnswer: (answer: Answer) => void,
) => void

export type RelayOptions = {
  door: Door
  mopidy: Mopidy
  mirror: Mirror
  queueWrites: QueueWrites
  actions: Actions
  queuers: Queuers
  clock: Clock
}

type OnAnswer = (answer: Answer) => void

/**
 * Passes calls to Mopidy: each is rebuilt, checked against what the caller's role may do and how much of
 * it, recorded, and answered from the mirror where it can be.
 */
export function createRelay(options: RelayOptions): RelayCall {
  const { door, mopidy, mirror, queueWrites, actions, queuers, clock } = options
  const { roles } = door
  const beyondLimit = createCallLimits({ roles })
  const addLimits = createAddLimits({ roles, queuers, mirror, clock })
  const askerTurns = createAskerTurns()
  const shownUris = createShownUris({ roles })

  function refusal({ role }: Identity, call: Call): RpcError | undefined {
    const { name, method } = call
    if (method.need === 'nobody') return NOBODY
    if (!roles.may(role, method.need)) return notPermitted(role, name, method.need)
    if (method.breaksMopidy3 && mopidy.status().version?.startsWith('3.')) {
      const message = `${name} makes Mopidy 3 drop the connection; it needs Mopidy 4`
      return { code: RpcCode.notAllowed, message }
    }
    return beyondLimit(role, call) ?? shownUris.refusal(role, call)
  }

  /** Sends a call that may be made, when it is its turn; `onDone` also hears what was done of it. */
  function send(identity: Identity, call: Call, onDone: OnDone): void {
    const { action } = call.method
    const writesQueue = isQueueWrite(call)
    const run = () => {
      const recorded = action === undefined ? undefined : actions.begin(identity.userId, call)
      const answered: OnDone = (answer, done = answer) => {
        shownUris.note(done)
        onDone(answer, done)
        recorded?.(done)
      }
      if (writesQueue) queueWrites.send(identity, call, mirror.send, answered)
      else mirror.send(call, answered)
    }
    // Each socket has an identity of its own: only its own reads wait for its own writes.
    if (writesQueue || (isQueueRead(call) && queueWrites.writes(identity)))
      queueWrites.inTurn(identity, run, onDone)
    else run()
  }

  /** Sends an add if, after a look at what it would bring, it is within the limits. */
  async function sendAdd(identity: Identity, call: Call, onAnswer: OnAnswer): Promise<void> {
    const outcome = await addLimits.check(identity, call)
    if ('error' in outcome) return onAnswer(outcome)
    const { settle } = outcome
    // Much may have happened while it was looked up.
    const error = door.stillSignedIn(identity) ? refusal(identity, call) : SESSION_ENDED
    if (error !== undefined) {
      settle({ error })
      return onAnswer({ error })
    }
    send(identity, outcome.call, (answer, done = answer) => {
      settle(done)
      onAnswer(answer)
    })
  }

  return (identity, method, params, onAnswer) => {
    const call = rebuildCall(method, params)
    if ('error' in call) return onAnswer(call)
    const error = refusal(identity, call)
    if (error !== undefined) return onAnswer({ error })
    if (addLimits.concern(identity.role, call))
      askerTurns.take(identity, (done) => sendAdd(identity, call, onAnswer).finally(done), onAnswer)
    // What is sent behind an add shows it.
    else if (askerTurns.isBusy(identity) && (isQueueWrite(call) || isQueueRead(call)))
      askerTurns.take(
        identity,
        (done) => {
          send(identity, call, onAnswer)
          done()
        },
        onAnswer,
      )
    else send(identity, call, onAnswer)
  }
}

function isQueueWrite({ method: { kind, need } }: Call): boolean {
  return kind === 'write' && (need === 'queue.add' || need === 'queue.edit')
}

function isQueueRead({ name, method: { kind } }: Call): boolean {
  return kind === 'read' && name.startsWith('core.tracklist.')
}

const NOBODY: RpcError = { code: RpcCode.notAllowed, message: 'Nobody may do this.' }
const SESSION_ENDED: RpcError = { code: RpcCode.notAllowed, message: 'The session has ended.' }
