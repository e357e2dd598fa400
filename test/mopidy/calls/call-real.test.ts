import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { rebuildCall } from '../../../src/mopidy/call'
import { hasRealMopidy, startRealMopidy } from '../../support/real-mopidy'
import { connectRpc, RpcError } from '../../support/rpc-client'
import { anyCall, oneMemberOff } from './any-call'
import { CALLS } from './call-examples'

test.skipIf(!hasRealMopidy())(
  'U12 nothing that gets through makes a real Mopidy hang up',
  async () => {
    const calls = [...CALLS, ...oneMemberOff, ...fc.sample(anyCall, 3_000)]
    const mopidy = await startRealMopidy()
    const client = await connectRpc(mopidy.url)
    try {
      for (const [method, params] of calls) {
        const call = rebuildCall(method, params)
        if ('error' in call || call.method.breaksMopidy3) continue
        const outcome = await client.call(call.name, call.params).catch((error: Error) => error)
        // With nothing to play: hurried playing can hang GStreamer, whoever asks for it.
        if (call.name === 'core.tracklist.add') await client.call('core.tracklist.clear')
        // Mopidy's own no is an answer; silence, and a name or a shape that it does not know, are not.
        if (!(outcome instanceof Error)) continue
        const code = outcome instanceof RpcError ? outcome.code : outcome.message
        expect([call.name, call.params, code]).toEqual([call.name, call.params, 0])
      }
    } finally {
      await client.close()
      await mopidy.stop()
    }
  },
  120_000,
)
