import type { Client } from './client'

/** What waits to be sent to one client, while a long text goes out to it. */
type Box = {
  readonly texts: string[]
  /** Length of the waiting texts that are not long. */
  held: number
  /** When it last took something, and when the long text was sent; `performance.now()`. */
  movedAt: number
  sentAt: number
  /** Length of the long text that is on its way; 0 when none is. */
  underway: number
}

export type OutboxLimits = Readonly<{
  /** Texts of this length and more go out one by one, in characters. */
  long: number
  /** Longer ones go out only when there is room for them, and their copies are cleared away. */
  huge: number
  /** Length of the long texts that may be on their way together; a single one may be longer. */
  mostUnderway: number
  /** Short texts that may wait behind a long one, in characters. */
  mostHeld: number
  /** Of huge texts sent, before their copies are cleared away, in characters. */
  mostCopied: number
  /** How long a client may take nothing before others pass it, and before it is cut off. */
  patienceMs: number
  stalledMs: number
  /** How long it may take over one long text. */
  slowMs: number
}>

export const OUTBOX_LIMITS: OutboxLimits = {
  long: 256 * 1024,
  huge: 1024 * 1024,
  mostUnderway: 16 * 1024 * 1024,
  mostHeld: 1024 * 1024,
  mostCopied: 8 * 1024 * 1024,
  patienceMs: 1_000,
  stalledMs: 5_000,
  slowMs: 30_000,
}

export type Outbox = ReturnType<typeof createOutbox>
export type OutboxOptions = {
  limits: OutboxLimits
  /** Events are no longer to be published to the client, but to be sent through here. */
  onBusy: (client: Client) => void
  onFree: (client: Client) => void
  /** The client does not take what it is sent. */
  onStuck: (client: Client) => void
}

/**
 * Sends texts in order. Long ones go to a few clients at a time, each when the one before has been
 * taken, and whatever else the client is to get waits behind them: a hundred copies at once would not
 * fit into memory. A text that waits costs nothing yet, as long as it was put together from parts:
 * JavaScriptCore joins them when it is sent.
 */
export function createOutbox({ limits, onBusy, onFree, onStuck }: OutboxOptions) {
  const boxes = new Map<Client, Box>()
  let underway = 0
  let copied = 0

  function pump(client: Client, box: Box): void {
    while (client.socket.getBufferedAmount() === 0) {
      release(box)
      const [next] = box.texts
      if (next === undefined) return free(client)
      const isLong = next.length >= limits.long
      if (isLong && underway > 0 && underway + next.length > limits.mostUnderway) return
      box.texts.shift()
      if (isLong) sendLong(client, box, next)
      else {
        box.held -= next.length
        box.movedAt = performance.now()
        client.socket.send(next)
      }
    }
  }

  function sendLong(client: Client, box: Box, text: string): void {
    box.underway = text.length
    underway += text.length
    box.sentAt = performance.now()
    box.movedAt = box.sentAt
    client.socket.send(text)
    if (text.length >= limits.huge) forgetLater(text.length)
  }

  function release(box: Box): void {
    underway -= box.underway
    box.underway = 0
  }

  function free(client: Client): void {
    boxes.delete(client)
    onFree(client)
  }

  /** Long texts of others may have their turn now. */
  function pumpOthers(): void {
    for (const [client, box] of [...boxes]) if (box.underway === 0) pump(client, box)
  }

  // Each copy of a huge text is as large again, and the collector would let them pile up.
  function forgetLater(length: number): void {
    copied += length
    if (copied < limits.mostCopied) return
    copied = 0
    // Not yet: the text is still in use up the stack.
    setTimeout(() => Bun.gc(true), 0)
  }

  function hold(client: Client, box: Box, text: string): void {
    if (text.length < limits.long) box.held += text.length
    box.texts.push(text)
    if (box.held > limits.mostHeld) onStuck(client)
  }

  return {
    /** Sends the text now, or when what is before it has been taken. */
    send(client: Client, text: string): void {
      const box = boxes.get(client)
      if (box !== undefined) return hold(client, box, text)
      if (text.length < limits.long) return void client.socket.send(text)
      // What it has not taken yet is not old: from now on it may keep others waiting.
      const now = performance.now()
      const fresh: Box = { texts: [], held: 0, movedAt: now, sentAt: now, underway: 0 }
      if (text.length < limits.huge && client.socket.getBufferedAmount() === 0) {
        sendLong(client, fresh, text)
        // Mostly it is taken whole, and nothing needs to wait.
        if (client.socket.getBufferedAmount() === 0) return release(fresh)
      } else fresh.texts.push(text)
      boxes.set(client, fresh)
      onBusy(client)
      pump(client, fresh)
    },

    /** Sends an event to those to whom it is not published; undefined: not to this one. */
    publish(textFor: (client: Client) => string | undefined): void {
      for (const [client, box] of boxes) {
        const text = textFor(client)
        if (text !== undefined) hold(client, box, text)
      }
    },

    /** The client has taken some of what it was sent. */
    drained(client: Client): void {
      const box = boxes.get(client)
      if (box === undefined) return
      box.movedAt = performance.now()
      pump(client, box)
      pumpOthers()
    },

    /** The client is gone. */
    forget(client: Client): void {
      const box = boxes.get(client)
      if (box === undefined) return
      boxes.delete(client)
      release(box)
      pumpOthers()
    },

    /** Lets others pass a client that takes nothing, and gives it up in the end. */
    sweep(): void {
      const now = performance.now()
      for (const [client, box] of [...boxes]) {
        if (client.socket.getBufferedAmount() === 0) continue
        const stalledMs = now - box.movedAt
        if (stalledMs >= limits.stalledMs || now - box.sentAt >= limits.slowMs) onStuck(client)
        else if (stalledMs >= limits.patienceMs) release(box)
      }
      pumpOthers()
    },
  }
}
