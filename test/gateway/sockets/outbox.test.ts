import { describe, expect, test } from 'bun:test'
import type { Client } from '../../../src/gateway/sockets/client'
import { createOutbox, OUTBOX_BOUNDS } from '../../../src/gateway/sockets/outbox'

const LIMITS = { ...OUTBOX_BOUNDS, long: 50, huge: 60, mostUnderway: 100, mostHeld: 25 }
const LONG = 'x'.repeat(80)
const EVENT = 'an event'

describe('an event for clients whose long texts are on their way', () => {
  test('S10 reaches those that are freed because another one is found stuck', () => {
    const outbox = createOutbox({
      limits: LIMITS,
      onBusy: () => {},
      onFree: () => {},
      // As the gateway does it: the socket is cut off, and is forgotten as soon as it has closed.
      onStuck: (client) => outbox.forget(client),
    })
    const stuck = slowClient()
    const waiting = slowClient()
    outbox.send(stuck.client, LONG)
    outbox.send(stuck.client, 'nearly all it may hold')
    waiting.takes = true
    outbox.send(waiting.client, LONG)
    expect(waiting.sent).toEqual([])

    outbox.publish(() => EVENT)

    expect(waiting.sent).toEqual([LONG, EVENT])
    expect(stuck.sent).toEqual([LONG])
  })
})

/** A client that takes nothing of what it is sent, until it `takes`. */
function slowClient() {
  const state = { takes: false, sent: [] as string[] }
  let buffered = 0
  const socket = {
    send(text: string) {
      state.sent.push(text)
      if (!state.takes) buffered += text.length
    },
    getBufferedAmount: () => buffered,
  }
  return Object.assign(state, { client: { socket } as unknown as Client })
}
