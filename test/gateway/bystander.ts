import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'

/** A client that makes one call after the other, while another one misbehaves. */
export async function startBystander(url: string) {
  const client = await connectOwn(url)
  let calls = 0
  let slowestMs = 0
  let going = true
  let failure: unknown
  const calling = (async () => {
    while (going) {
      const startedAt = performance.now()
      const answer = await client.call('core.get_version')
      if (answer.type !== 'mopidy_response') throw new Error(JSON.stringify(answer))
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      calls += 1
      await Bun.sleep(1)
    }
  })().catch((error: unknown) => {
    failure = error
  })

  return {
    /** How many were answered. */
    calls: (): number => calls,

    /** Resolves when that many were answered; rejects with what went wrong. */
    async until(wanted: number): Promise<void> {
      await until(() => calls >= wanted || failure !== undefined, 'the answers to a bystander')
      if (failure !== undefined) throw failure
    },

    async stop(): Promise<{ calls: number; slowestMs: number }> {
      going = false
      await calling
      client.close()
      if (failure !== undefined) throw failure
      return { calls, slowestMs }
    },
  }
}
