import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Actions } from '../../actions/actions'
import { MOST_RECORDED } from '../../actions/recorder/cut'
import type { Clock } from '../../clock'
import type { Queuers } from '../../listening/queuers'
import { type Call, rebuildCall } from '../../mopidy/call'
import type { OnDone } from '../../mopidy/chunked-add'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { Sending } from '../../mopidy/line/line'
import type { ActionType } from '../../mopidy/methods/method'
import type { Mirror } from '../../mopidy/mirror'
import type { Mopidy } from '../../mopidy/mopidy'
import type { Turns } from '../../mopidy/turns'
import { createAddLimits } from './add-limits'
import type { Budgets, Purse } from './budgets'
import { createCallLimits } from './call-limits'
import { notPermitted } from './refusal'
import { createShownUris } from './shown-uris'

export type RelayCall = (
  identity: Identity,
  method: unknown,
  params: unknown,
  /** Characters of the request, which count as its bytes. */
  length: number,
  onAnswer: (answer: Answer) => void,
) => void

type RelayOptions = {
  door: Door
  mopidy: Mopidy
  mirror: Mirror
  turns: Turns
  actions: Actions
  queuers: Queuers
  budgets: Budgets
  clock: Clock
}

type OnAnswer = (answer: Answer) => void

/**
 * Passes calls to Mopidy: each is rebuilt, checked against what the caller's role may do and how much of
 * it, recorded, and answered from the mirror where it can be. Calls to the tracklist take turns.
 */
export function createRelay(options: RelayOptions): RelayCall {
  const { door, mopidy, mirror, turns, actions, queuers, budgets, clock } = options
  const { roles } = door
  const beyondLimit = createCallLimits({ roles })
  const addLimits = createAddLimits({ roles, queuers, mirror, budgets, clock })
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

  /** A call that has waited in the line is sent if it still may be. */
  const ifItMay: Sending = {
    refusal: (asker, call) => refusalByNow(asker as Identity, call),
  }

  /** What takes the answer to a call, and what is to be called right before the call is sent. */
  function begin({ userId }: Identity, call: Call, onAnswer: OnAnswer) {
    let recorded: ((answer: Answer) => void) | undefined
    const onDone: OnDone = (answer, done = answer) => {
      shownUris.note(done)
      onAnswer(answer)
      recorded?.(done)
    }
    if (call.method.action === undefined) return { onDone, sending: ifItMay }
    const onSend = () => {
      // A large add is sent in parts, and is one action.
      recorded ??= actions.begin(userId, call)
    }
    return { onDone, sending: { ...ifItMay, onSend } }
  }

  /** Makes a call that takes no turn: a read of the library or the player, or a command to the player. */
  function make(identity: Identity, call: Call, onAnswer: OnAnswer): void {
    const { onDone, sending } = begin(identity, call, onAnswer)
    // A read asks nothing before, and its action is made of its answer.
    if (call.method.kind === 'read') sending.onSend?.()
    mirror.ask(call, onDone, identity, sending)
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
    let begun: ReturnType<typeof begin> | undefined
    turns.take({
      asker: identity,
      call,
      prepare: addLimits.mustCheck(identity.role, call) ? checkLimits : undefined,
      refusal: (step) => refusalByNow(identity, step),
      begin(call) {
        begun = begin(identity, call, onAnswer)
        const { onDone } = begun
        return (answer, done = answer) => {
          settle(done)
          onDone(answer, done)
        }
      },
      sending: {
        ...ifItMay,
        onSend: () => begun?.sending.onSend?.(),
      },
      onRefused(error) {
        settle({ error })
        onAnswer({ error })
      },
    })
  }

  /** Why there is no room for what the call brings to be written down, if there is none. */
  function beyondRecords(purse: Purse, { method }: Call, length: number): RpcError | undefined {
    if (method.action === undefined || !RECORDS_TEXTS.includes(method.action)) return undefined
    return budgets.write(purse, Math.min(length, MOST_RECORDED) + A_ROW)
  }

  return (identity, method, params, length, tell) => {
    const call = rebuildCall(method, params)
    if ('error' in call) return tell(call)
    const purse = budgets.purseOf(identity)
    const error =
      refusal(identity, call) ??
      beyondRecords(purse, call, length) ??
      budgets.takeCall(purse, length)
    if (error !== undefined) return tell({ error })
    const onAnswer = (answer: Answer) => {
      budgets.endCall(purse, length)
      tell(answer)
    }
    const { queue } = call.method
    if (queue === 'write' || (queue === 'read' && turns.holds(identity)))
      takeTurn(identity, call, onAnswer)
    else make(identity, call, onAnswer)
  }
}

/** The actions that are recorded with texts of the caller's own. */
const RECORDS_TEXTS: readonly ActionType[] = ['search', 'playlist_saved']
/** What a row takes up besides these, in bytes. */
const A_ROW = 128

const NOBODY: RpcError = { code: RpcCode.notAllowed, message: 'Nobody may do this.' }
const SESSION_ENDED: RpcError = { code: RpcCode.notAllowed, message: 'The session has ended.' }
