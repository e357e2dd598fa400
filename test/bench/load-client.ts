import { upgradeRequest } from '../support/raw-socket'
import { createFrameReader, type Frame, Opcode, requestFrame, writeId } from './frames'
import type { LoadCall, Target } from './load'

type Waiting = { sentAt: number; resolve(ms: number): void; reject(error: Error): void }

export type LoadClient = Awaited<ReturnType<typeof openClient>>

const LONGEST_DIAL_MS = 20_000
const FIRST_ID = 10_000_000

/**
 * A WebSocket on a bare TCP connection, the same for every target. It looks at no more of a reply than
 * its first bytes: parsing what comes would cost more than making it costs the fastest of the targets.
 */
export async function openClient({ url, dialect }: Target) {
  const { hostname, port, pathname, search, host } = new URL(url)
  const waiting = new Map<number, Waiting>()
  const opened = Promise.withResolvers<void>()
  let id = FIRST_ID
  let isOpen = false
  let unsent: Buffer | undefined
  let onEvent = (_head: string) => {}
  let onWhole: ((text: string) => void) | undefined
  const read = createFrameReader({ onFrame: receive, keepsWhole: () => onWhole !== undefined })

  const timer = setTimeout(() => fail(`no handshake with ${host} in time`), LONGEST_DIAL_MS)
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_, chunk) => (isOpen ? read(chunk) : readHead(chunk)),
      drain: flush,
      close: () => fail('the socket was closed'),
      error: (_, error) => fail(error.message),
    },
  })
  socket.setNoDelay(true)
  write(upgradeRequest(pathname + search, { host }))
  await opened.promise.finally(() => clearTimeout(timer))

  function readHead(chunk: Buffer): void {
    // Both servers write their answer to the upgrade at once.
    const end = chunk.indexOf('\r\n\r\n')
    const status = chunk.toString('latin1', 0, Math.max(end, 0)).split(' ')[1]
    if (status !== '101') return fail(`no handshake with ${host}: ${status}`)
    isOpen = true
    opened.resolve()
    if (chunk.length > end + 4) read(chunk.subarray(end + 4))
  }

  function receive({ opcode, head, whole }: Frame): void {
    if (opcode === Opcode.ping) return write(Buffer.from([0x80 | Opcode.pong, 0x80, 0, 0, 0, 0]))
    if (opcode === Opcode.close) return fail('the server closes the socket')
    if (opcode !== Opcode.text) return
    const asked = idIn(head)
    const request = asked === undefined ? undefined : waiting.get(asked)
    if (asked === undefined || request === undefined) return onEvent(head)
    waiting.delete(asked)
    if (!head.includes('"result"')) return request.reject(new Error(head))
    onWhole?.(whole ?? '')
    request.resolve(performance.now() - request.sentAt)
  }

  function write(bytes: Buffer): void {
    if (unsent !== undefined) unsent = Buffer.concat([unsent, bytes])
    else {
      const written = socket.write(bytes)
      // A copy: what was given is used for the next call.
      if (written < bytes.length) unsent = Buffer.from(bytes.subarray(Math.max(written, 0)))
    }
  }

  function flush(): void {
    const bytes = unsent
    unsent = undefined
    if (bytes !== undefined) write(bytes)
  }

  function fail(reason: string): void {
    clearTimeout(timer)
    opened.reject(new Error(reason))
    for (const { reject } of waiting.values()) reject(new Error(reason))
    waiting.clear()
  }

  /** Resolves to the milliseconds from sending the call to having the whole of its result. */
  function call(what: LoadCall): Promise<number> {
    return new Promise((resolve, reject) => {
      id += 1
      const frame = requestFrame(what, dialect)
      writeId(frame, id)
      waiting.set(id, { sentAt: performance.now(), resolve, reject })
      write(frame.bytes)
    })
  }

  return {
    call,

    /** The result itself. */
    async result(what: LoadCall): Promise<unknown> {
      let text = ''
      onWhole = (whole) => {
        text = whole
      }
      await call(what).finally(() => {
        onWhole = undefined
      })
      return (JSON.parse(text) as { result: unknown }).result
    },

    /** Hands every event's first bytes to the listener, instead of the one before. */
    hear(listener: (head: string) => void): void {
      onEvent = listener
    },

    close(): void {
      socket.terminate()
    },
  }
}

/** The id that the start of a reply names; undefined in an event. */
function idIn(head: string): number | undefined {
  if (head.startsWith('{"event"') || head.startsWith('{"type":"mopidy_event"')) return undefined
  const name = head.indexOf('"id":')
  return name === -1 ? undefined : Number.parseInt(head.slice(name + 5, name + 15), 10)
}
