import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Actions } from '../../actions/actions'
import type { Clock } from '../../clock'
import type { Queuers } from '../../listening/queuers'
import { type Call, rebuildCall } from '../../mopidy/call'
import type { OnDone } from '../../mopidy/chunked-add'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Mirror } from '../../mopidy/mirror'
import type { Mopidy } from '../../mopidy/mopidy'
import type { Turns } from '../../mopidy/turns'
import { createAddLimits } from './add-limits'
import { createCallLimits } from './call-limits'
import { notPermitted } from './refusal'
import { createShownUris } from './shown-uris'

export type RelayCall = (
  identity: Identity,
  method: unknown,
  params: unknown,
  onAnswer: (answer: Answer) => void,
) => void

type RelayOptions = {
  door: Door
  mopidy: Mopidy
  mirror: Mirror
  turns: Turns
  actions: Actions
  queuers: Queuers
  clock: Clock
}

type OnAnswer = (answer: Answer) => void

/**
 * Passes calls to Mopidy: each is rebuilt, checked against what the caller's role may do and how much of
 * it, recorded, and answered from the mirror where it can be. Calls to the tracklist take turns.
 */
export function createRelay(options: RelayOptions): RelayCall {
  const { door, mopidy, mirror, turns, actions, queuers, clock } = options
  const { roles } = door
  const beyondLimit = createCallLimits({ roles })
  const addLimits = createAddLimits({ roles, queuers, mirror, clock })
  const shownUris = createShownUris({ roles })

  function refusal({ role }: Identity, call: Call): RpcError | undefined {
    const { name, method } = call
    if (method.need === 'nobody') return NOBODY
    if (!roles.may(role, method.need)) return notPermitted(role, call, method.need)
    if (method.breaksMopidy3 && mopidy.status().version?.startsWith('3.')) {
      const message = `${name} makes Mopidy 3 drop the connection; it needs Mopidy 4`
      return { code: RpcCode.notAllowed, message }
    }
    return beyondLimit(role, call) ?? shownUris.refusal(role, call)
  }

  /** Why a call that was let in may not be made any more: asked before each of its steps. */
  function refusalByNow(identity: Identity, call: Call): RpcError | undefined {
    return stillSignedIn(identity) ? refusal(identity, call) : SESSION_ENDED
  }

  function stillSignedIn(identity: Identity): boolean {
    try {
      return door.stillSignedIn(identity)
    } catch {
      // A database that cannot be read for a moment ends nobody's session.
      return true
    }
  }

  /** To be called right before a call is sent; what it gives back takes the answer. */
  function begin({ userId }: Identity, call: Call, onAnswer: OnAnswer): OnDone {
    const { action } = call.method
    const recorded = action === undefined ? undefined : actions.begin(userId, call)
    return (answer, done = answer) => {
      shownUris.note(done)
      onAnswer(answer)
      recorded?.(done)
    }
  }

  function takeTurn(identity: Identity, call: Call, onAnswer: OnAnswer): void {
    let settle = (_done: Answer): void => {}
    async function checkLimits(): Promise<Call | { error: RpcError }> {
      const outcome = await addLimits.check(identity, call)
      if ('error' in outcome) return outcome
      settle = outcome.settle
      return outcome.call
    }

    // Each socket has an identity of its own: only its own reads wait for its own writes.
    turns.take({
      asker: identity,
      call,
      prepare: addLimits.mustCheck(identity.role, call) ? checkLimits : undefined,
      refusal: (step) => refusalByNow(identity, step),
      begin(call) {
        const onDone = begin(identity, call, onAnswer)
        return (answer, done = answer) => {
          settle(done)
          onDone(answer, done)
        }
      },
      onRefused(error) {
        settle({ error })
        onAnswer({ error })
      },
    })
  }

  return (identity, method, params, onAnswer) => {
    const call = rebuildCall(method, params)
    if ('error' in call) return onAnswer(call)
    const error = refusal(identity, call)
    if (error !== undefined) return onAnswer({ error })
    const { queue } = call.method
    if (queue === 'write' || (queue === 'read' && turns.holds(identity)))
      takeTurn(identity, call, onAnswer)
    else mirror.ask(call, begin(identity, call, onAnswer))
  }
}

const NOBODY: RpcError = { code: RpcCode.notAllowed, message: 'Nobody may do this.' }
const SESSION_ENDED: RpcError = { code: RpcCode.notAllowed, message: 'The session has ended.' }
