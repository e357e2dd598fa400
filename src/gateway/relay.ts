import { may } from '../accounts/permissions'
import type { Identity } from '../accounts/sessions'
import type { Actions } from '../actions/actions'
import { rebuildCall } from '../mopidy/call'
import { type Answer, RpcCode } from '../mopidy/jsonrpc'
import type { Mopidy } from '../mopidy/mopidy'

export type RelayCall = (
  identity: Identity,
  method: unknown,
  params: unknown,
  onAnswer: (answer: Answer) => void,
) => void

/** Passes calls to Mopidy: each is rebuilt, checked against the caller's role, and recorded. */
export function createRelay({ mopidy, actions }: { mopidy: Mopidy; actions: Actions }): RelayCall {
  return (identity, method, params, onAnswer) => {
    const call = rebuildCall(method, params)
    if ('error' in call) return onAnswer(call)
    const { need, action } = call.method
    if (need === 'nobody' || !may(identity.role, need)) {
      const message = `A ${identity.role} may not use ${call.name}`
      return onAnswer({ error: { code: RpcCode.notAllowed, message } })
    }
    if (call.method.breaksMopidy3 && mopidy.status().version?.startsWith('3.')) {
      const message = `${call.name} makes Mopidy 3 drop the connection; it needs Mopidy 4`
      return onAnswer({ error: { code: RpcCode.notAllowed, message } })
    }
    const recorded = action === undefined ? undefined : actions.begin(identity.userId, call)
    mopidy.send(call.name, call.params, (answer) => {
      onAnswer(answer)
      recorded?.(answer)
    })
  }
}
