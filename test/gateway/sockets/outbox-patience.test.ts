import { expect, test } from 'bun:test'
import type { Client } from '../../../src/gateway/sockets/client'
import { createOutbox } from '../../../src/gateway/sockets/outbox'

const SIZES = { long: 50, huge: 60, mostUnderway: 100, mostHeld: 25, mostCopied: 100 }
const HUGE = 'x'.repeat(80)

test('U8 a client that has something to take when a huge text comes for it has all the time to take it', async () => {
  // This program has run for longer than a client may take nothing.
  const stalledMs = performance.now() / 4
  const slowMs = performance.now() / 2
  const stuck: Client[] = []
  const outbox = createOutbox({
    limits: { ...SIZES, patienceMs: stalledMs, stalledMs, slowMs },
    onBusy: () => {},
    onFree: () => {},
    onStuck: (client) => stuck.push(client),
  })
  const sent: string[] = []
  const socket = { send: (text: string) => sent.push(text), getBufferedAmount: () => 10 }
  const client = { socket } as unknown as Client
  outbox.send(client, HUGE)
  outbox.sweep()
  expect(stuck).toEqual([])
  // But not for ever.
  await Bun.sleep(stalledMs + 10)
  outbox.sweep()
  expect(stuck).toEqual([client])
  expect(sent).toEqual([])
})
