import type { RpcError as Failure } from '../../../src/mopidy/jsonrpc'
import { connectOwn } from '../../support/own-socket'
import { connectRpc, RpcError } from '../../support/rpc-client'
import type { TestMusakone } from '../../support/test-musakone'

export type Request = Readonly<{ method: string; params?: Record<string, unknown> }>
export type Outcome = { result: unknown } | { error: Pick<Failure, 'code' | 'message'> }

/** Somebody who calls Mopidy, through Musakone or directly. */
export type Caller = Readonly<{
  name: string
  /** Whether it goes to Mopidy directly. */
  outside: boolean
  /** Sends at once; calls without an await between them follow each other on one socket. */
  call(request: Request): Promise<Outcome>
  /** The number of events that it has heard and not forgotten. */
  heard(): number
  forget(): void
  close(): unknown
}>

/** A client of Musakone in its own dialect. */
export async function ownCaller(name: string, musakone: TestMusakone): Promise<Caller> {
  const client = await connectOwn(musakone.socketUrl)
  await client.signIn(await musakone.logIn())
  return {
    name,
    outside: false,
    async call({ method, params = {} }) {
      const { type, result, error } = await client.call(`core.${method}`, params)
      if (type === 'mopidy_response') return { result }
      const { code, message } = error as Failure
      return { error: { code, message } }
    },
    heard: () => client.messages.length,
    forget() {
      client.messages.splice(0)
      client.texts.splice(0)
    },
    close: client.close,
  }
}

/** A client of Musakone in Mopidy's dialect. */
export async function mopidyCaller(name: string, musakone: TestMusakone): Promise<Caller> {
  const headers = { authorization: `Bearer ${await musakone.logIn()}` }
  return rpcCaller(name, false, musakone.socketUrl, headers)
}

/** A client of Mopidy itself, of which Musakone knows only by Mopidy's events. */
export function outsideCaller(name: string, url: string): Promise<Caller> {
  return rpcCaller(name, true, url, {})
}

async function rpcCaller(
  name: string,
  outside: boolean,
  url: string,
  headers: Record<string, string>,
): Promise<Caller> {
  const client = await connectRpc(url, { headers })
  return {
    name,
    outside,
    call: ({ method, params }) =>
      client.call(`core.${method}`, params).then(
        (result): Outcome => ({ result }),
        (error: unknown): Outcome => {
          if (!(error instanceof RpcError)) throw error
          return { error: { code: error.code, message: error.message } }
        },
      ),
    heard: () => client.events.length,
    forget: client.clearEvents,
    close: client.close,
  }
}

/** Its result; rejects when it failed. */
export async function resultOf<Result>(caller: Caller, request: Request): Promise<Result> {
  const outcome = await caller.call(request)
  if ('result' in outcome) return outcome.result as Result
  throw new Error(`${caller.name}: ${request.method}: ${JSON.stringify(outcome.error)}`)
}
