import type { Identity } from '../../accounts/sessions/sessions'
import { AppError } from '../../errors'
import { parseJson } from '../../json'
import type { Budgets, Release } from '../relay/budgets'
import type { RelayCall } from '../relay/relay'
import { type Hold, handle } from './mopidy'

/** The text of a reply, if there is one to send, and what is to be called once it has been read. */
type RpcReply = Readonly<{ text: string | undefined; release: Release }>

/** Characters of an answer from which on it is counted until it has been read. */
const LONG = 64 * 1024
const RETRY_AFTER_S = 5

/** Answers JSON-RPC requests and batches that come over HTTP; they spend from the budgets of sockets. */
export function createRpc({ relay, budgets }: { relay: RelayCall; budgets: Budgets }) {
  /**
   * The reply to one request or batch.
   * @throws {AppError} `too_many_requests` when too many of the person's are under way.
   */
  return (identity: Identity, text: string): Promise<RpcReply> => {
    const purse = budgets.purseOf(identity)
    const error = budgets.takeRequest(purse)
    if (error !== undefined)
      throw new AppError('too_many_requests', `${error.message}.`, RETRY_AFTER_S)
    const hold: Hold = (answer, before) => {
      if (before !== undefined) return budgets.holdInBatch(purse, answer, before)
      const isLong = 'resultText' in answer && answer.resultText.length >= LONG
      return isLong ? budgets.holdAnswer(purse, answer) : undefined
    }
    return new Promise((resolve) =>
      handle(
        parseJson(text),
        text,
        ({ method, params }, length, onAnswer) => relay(identity, method, params, length, onAnswer),
        hold,
        (reply, letGo) =>
          resolve({
            text: reply,
            release() {
              letGo?.()
              budgets.endRequest(purse)
            },
          }),
      ),
    )
  }
}
