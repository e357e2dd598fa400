import type { Client } from './client'

/** Gives back the memory that a text has taken up. */
type Release = () => void
type Text = Readonly<{ text: string; release?: Release | undefined }>

/** The texts that wait for one client, while a long text goes out to it. */
type Box = {
  readonly texts: Text[]
  /** Of the long text that is on its way. */
  release: Release | undefined
  /** Characters of the waiting texts that are not long. */
  held: number
  /** When the client last took something, and when the long text was sent; `performance.now()`. */
  movedAt: number
  sentAt: number
  /** Characters of the long text that is on its way; 0 when none is. */
  underway: number
}

export type OutboxBounds = Readonly<{
  /** Characters from which on a text is long: a client gets long texts one by one. */
  long: number
  /** Characters from which on a text is huge: it waits for room, and its copies are collected. */
  huge: number
  /** Characters of the long texts that may be on their way to all clients; a single one may have more. */
  mostUnderway: number
  /** Characters of short texts that may wait for one client after a long text. */
  mostHeld: number
  /** Characters of huge texts sent, after which the garbage collector is run. */
  mostCopied: number
  /** How long a client may take nothing before others go ahead of it, and before it is cut off. */
  patienceMs: number
  stalledMs: number
  /** How long a client may take over one long text. */
  slowMs: number
}>

export const OUTBOX_BOUNDS: OutboxBounds = {
  long: 256 * 1024,
  huge: 1024 * 1024,
  mostUnderway: 16 * 1024 * 1024,
  mostHeld: 1024 * 1024,
  mostCopied: 8 * 1024 * 1024,
  patienceMs: 1_000,
  stalledMs: 5_000,
  slowMs: 30_000,
}

type OutboxOptions = {
  limits: OutboxBounds
  /** Called when the client's events are to come through the outbox instead of by topic. */
  onBusy: (client: Client) => void
  /** Called when the client has taken everything, and gets events by topic again. */
  onFree: (client: Client) => void
  /** Called when the client does not take what it is sent, or too slowly. */
  onStuck: (client: Client) => void
}

/**
 * Sends texts in order. Long texts go to a few clients at a time, for a hundred copies at once would not
 * fit into memory; other texts for such a client wait until it has taken the long one. A text that waits
 * takes up little as long as it was put together from parts: JavaScriptCore joins them when it is sent.
 */
export function createOutbox({ limits, onBusy, onFree, onStuck }: OutboxOptions) {
  const boxes = new Map<Client, Box>()
  let underway = 0
  let copied = 0

  function pump(client: Client, box: Box): void {
    while (client.socket.getBufferedAmount() === 0) {
      stopCounting(box)
      letGo(box)
      const [next] = box.texts
      if (next === undefined) return free(client)
      const { text } = next
      const isLong = text.length >= limits.long
      if (isLong && underway > 0 && underway + text.length > limits.mostUnderway) return
      box.texts.shift()
      box.release = next.release
      if (isLong) sendLong(client, box, text)
      else {
        box.held -= text.length
        box.movedAt = performance.now()
        client.socket.send(text)
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

  function stopCounting(box: Box): void {
    underway -= box.underway
    box.underway = 0
  }

  /** The client has taken the text that was on its way. */
  function letGo(box: Box): void {
    box.release?.()
    box.release = undefined
  }

  function free(client: Client): void {
    boxes.delete(client)
    onFree(client)
  }

  /** Sends the long texts of others for which there is room now. */
  function pumpOthers(): void {
    for (const [client, box] of [...boxes]) if (box.underway === 0) pump(client, box)
  }

  // Each socket's copy of a huge text is as large again, and by itself the collector lets them pile up.
  function forgetLater(length: number): void {
    copied += length
    if (copied < limits.mostCopied) return
    copied = 0
    // In a later turn: the callers on the stack still hold the text.
    setTimeout(() => Bun.gc(true), 0)
  }

  /** Keeps the text for later; false when the client has too much waiting. */
  function hold(box: Box, next: Text): boolean {
    if (next.text.length < limits.long) box.held += next.text.length
    box.texts.push(next)
    return box.held <= limits.mostHeld
  }

  return {
    /**
     * Sends the text at once, or when the client has taken what is before it; `release` is called when
     * it has been taken, or never will be.
     */
    send(client: Client, text: string, release?: Release): void {
      const box = boxes.get(client)
      if (box !== undefined) {
        if (!hold(box, { text, release })) onStuck(client)
        return
      }
      if (text.length < limits.long) {
        client.socket.send(text)
        return release?.()
      }
      // What it has not taken yet is not old: from now on it may keep others waiting.
      const now = performance.now()
      const fresh: Box = {
        texts: [],
        release: undefined,
        held: 0,
        movedAt: now,
        sentAt: now,
        underway: 0,
      }
      if (text.length < limits.huge && client.socket.getBufferedAmount() === 0) {
        fresh.release = release
        sendLong(client, fresh, text)
        // Mostly the system takes it whole, and nothing needs to wait.
        if (client.socket.getBufferedAmount() === 0) {
          stopCounting(fresh)
          return letGo(fresh)
        }
      } else fresh.texts.push({ text, release })
      boxes.set(client, fresh)
      onBusy(client)
      pump(client, fresh)
    },

    /** Sends an event to the clients that do not get it by topic; undefined leaves a client out. */
    publish(textFor: (client: Client) => string | undefined): void {
      const stuck: Client[] = []
      for (const [client, box] of boxes) {
        const text = textFor(client)
        if (text !== undefined && !hold(box, { text })) stuck.push(client)
      }
      // Only once all clients have the event: the end of one frees others, which leave the list.
      stuck.forEach(onStuck)
    },

    /** Goes on sending to a client that has taken some of what it was sent. */
    drained(client: Client): void {
      const box = boxes.get(client)
      if (box === undefined) return
      box.movedAt = performance.now()
      pump(client, box)
      pumpOthers()
    },

    /** Drops what waits for a client that is gone. */
    forget(client: Client): void {
      const box = boxes.get(client)
      if (box === undefined) return
      boxes.delete(client)
      stopCounting(box)
      letGo(box)
      for (const { release } of box.texts) release?.()
      pumpOthers()
    },

    /** Lets others go ahead of clients that take nothing, and gives those up in the end. */
    sweep(): void {
      const now = performance.now()
      for (const [client, box] of [...boxes]) {
        if (client.socket.getBufferedAmount() === 0) continue
        const stalledMs = now - box.movedAt
        if (stalledMs >= limits.stalledMs || now - box.sentAt >= limits.slowMs) onStuck(client)
        else if (stalledMs >= limits.patienceMs) stopCounting(box)
      }
      pumpOthers()
    },
  }
}
