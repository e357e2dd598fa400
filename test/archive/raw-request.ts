import { connect } from 'node:net'

type RawRequest = { origin: string; method: string; path: string; token: string; type?: string }

/** An HTTP request whose body is sent, and whose reply is read, as slowly as the test likes. */
export function openRequest({ origin, method, path, token, type }: RawRequest) {
  const { hostname, port, host } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let text = ''
  let received = 0
  let over = false
  socket.on('data', (bytes) => {
    received += bytes.length
    if (text.length < 4_096) text += bytes.toString('latin1')
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) =>
    socket.on('close', () => {
      over = true
      resolve()
    }),
  )
  const body = type === undefined ? [] : [`content-type: ${type}`, 'transfer-encoding: chunked']
  const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${token}`]
  socket.write(`${[...head, ...body].join('\r\n')}\r\n\r\n`)

  return {
    /** Sends a piece of the body. */
    send(piece: string): void {
      if (!over) socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    },
    /** Reads no more of the reply. */
    stopReading: () => socket.pause(),
    readOn: () => socket.resume(),
    /** The beginning of the reply. */
    text: () => text,
    received: () => received,
    isOver: () => over,
    closed,
    end: () => socket.destroy(),
  }
}
