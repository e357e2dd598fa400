import { may } from '../accounts/permissions'
import type { Identity } from '../accounts/sessions'
import type { Actions } from '../actions/actions'
import { type Call, rebuildCall } from '../mopidy/call'
import { type Answer, RpcCode, type RpcError } from '../mopidy/jsonrpc'
import type { Mirror } from '../mopidy/mirror'
import type { Mopidy } from '../mopidy/mopidy'
import type { QueueWrites } from '../mopidy/queue-writes'

export type RelayCall = (
  identity: Identity,
  method: unknown,
  params: unknown,
  onAnswer: (answer: Answer) => void,
) => void

export type RelayOptions = {
  mopidy: Mopidy
  mirror: Mirror
  queueWrites: QueueWrites
  actions: Actions
}

/**
 * Passes calls to Mopidy: each is rebuilt, checked against the caller's role, recorded, and answered
 * from the mirror where it can be.
 */
export function createRelay({ mopidy, mirror, queueWrites, actions }: RelayOptions): RelayCall {
  function refusal(identity: Identity, { name, method }: Call): RpcError | undefined {
    if (method.need === 'nobody' || !may(identity.role, method.need))
      return { code: RpcCode.notAllowed, message: `A ${identity.role} may not use ${name}` }
    if (method.breaksMopidy3 && mopidy.status().version?.startsWith('3.')) {
      const message = `${name} makes Mopidy 3 drop the connection; it needs Mopidy 4`
      return { code: RpcCode.notAllowed, message }
    }
    return undefined
  }

  return (identity, method, params, onAnswer) => {
    const call = rebuildCall(method, params)
    if ('error' in call) return onAnswer(call)
    const error = refusal(identity, call)
    if (error !== undefined) return onAnswer({ error })
    const { need, action, kind } = call.method
    const writesQueue = kind === 'write' && (need === 'queue.add' || need === 'queue.edit')
    const readsQueue = kind === 'read' && call.name.startsWith('core.tracklist.')
    const run = () => {
      const recorded = action === undefined ? undefined : actions.begin(identity.userId, call)
      const answered = (answer: Answer) => {
        onAnswer(answer)
        recorded?.(answer)
      }
      if (writesQueue) queueWrites.send(identity, call, mirror.send, answered)
      else mirror.send(call, answered)
    }
    // Each socket has an identity of its own: only its own reads wait for its own writes.
    if (writesQueue || (readsQueue && queueWrites.writes(identity)))
      queueWrites.inTurn(identity, run, onAnswer)
    else run()
  }
}
