import type { LoadCall, Target } from './load'

/** As much of RFC 6455 as making load needs. */

export const Opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const

export type Frame = Readonly<{
  opcode: number
  /** The first bytes of the payload. */
  head: string
  /** The whole payload, where it is kept. */
  whole?: string
}>

const HEAD_BYTES = 128
const ID_DIGITS = 8

/** Takes the chunks of a connection as they come; a frame is told when its last byte is there. */
export function createFrameReader({
  onFrame,
  keepsWhole,
}: {
  onFrame(frame: Frame): void
  keepsWhole(): boolean
}) {
  let rest: Buffer | undefined
  let opcode = 0
  let head = ''
  let left = 0
  let parts: Buffer[] | undefined

  function take(payload: Buffer): void {
    parts?.push(Buffer.from(payload))
    left -= payload.length
    if (left > 0) return
    const whole = parts && Buffer.concat(parts).toString()
    parts = undefined
    onFrame(whole === undefined ? { opcode, head } : { opcode, head, whole })
  }

  return (received: Buffer): void => {
    const chunk = rest === undefined ? received : Buffer.concat([rest, received])
    rest = undefined
    let at = Math.min(left, chunk.length)
    if (at > 0) take(chunk.subarray(0, at))
    while (at < chunk.length) {
      const frame = frameAt(chunk, at)
      // Not even its first bytes are there.
      if (frame === undefined) {
        rest = Buffer.from(chunk.subarray(at))
        return
      }
      const { start, length } = frame
      opcode = (chunk[at] ?? 0) & 0x0f
      head = chunk.toString('latin1', start, start + Math.min(length, HEAD_BYTES))
      left = length
      parts = keepsWhole() ? [] : undefined
      at = Math.min(start + length, chunk.length)
      take(chunk.subarray(start, at))
    }
  }
}

function frameAt(chunk: Buffer, at: number): { start: number; length: number } | undefined {
  if (chunk.length < at + 2) return undefined
  const short = chunk[at + 1] ?? 0
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
  if (chunk.length < start) return undefined
  const length =
    short < 126
      ? short
      : short === 126
        ? chunk.readUInt16BE(at + 2)
        : Number(chunk.readBigUInt64BE(at + 2))
  return chunk.length < start + Math.min(length, HEAD_BYTES) ? undefined : { start, length }
}

export type RequestFrame = Readonly<{ bytes: Buffer; idAt: number }>

const frames = { 'json-rpc': new WeakMap<LoadCall, RequestFrame>(), own: new WeakMap() } as const

/** The frame of a call, made once: only the digits of its id differ from one time to the next. */
export function requestFrame(call: LoadCall, dialect: Target['dialect']): RequestFrame {
  const made = frames[dialect].get(call)
  if (made !== undefined) return made
  const head = dialect === 'own' ? '{"type":"mopidy","id":' : '{"jsonrpc":"2.0","id":'
  const { method, params = {} } = call
  const tail = `,${JSON.stringify({ method, params }).slice(1)}`
  const payload = Buffer.from(`${head}${'0'.repeat(ID_DIGITS)}${tail}`)
  // A mask of zeros leaves the payload as it is.
  const first = Buffer.concat([startOf(payload.length), Buffer.alloc(4)])
  const frame = { bytes: Buffer.concat([first, payload]), idAt: first.length + head.length }
  frames[dialect].set(call, frame)
  return frame
}

function startOf(length: number): Buffer {
  const first = 0x80 | Opcode.text
  if (length < 126) return Buffer.from([first, 0x80 | length])
  if (length < 65_536) return Buffer.from([first, 0x80 | 126, length >> 8, length & 0xff])
  const start = Buffer.alloc(10)
  start[0] = first
  start[1] = 0x80 | 127
  start.writeBigUInt64BE(BigInt(length), 2)
  return start
}

/** Writes an id of eight digits into the frame. */
export function writeId({ bytes, idAt }: RequestFrame, id: number): void {
  let left = id
  for (let digit = ID_DIGITS - 1; digit >= 0; digit -= 1) {
    bytes[idAt + digit] = 0x30 + (left % 10)
    left = Math.floor(left / 10)
  }
}
