import type { ServerWebSocket } from 'bun'
import { drawCover } from '../library/cover'
import { SocketKilled } from '../models/decoding'
import { answerRpc, foreign, page } from './rpc'

type Socket = { send(text: string): void; close(): void }
export type Server = ReturnType<typeof createServer>

/** Tornado's limit. */
const MAX_MESSAGE = 10 * 1024 * 1024
const MAX_BACKLOG = 64 * 1024 * 1024

/**
 * Mopidy's web server: `/mopidy/ws`, `/mopidy/rpc`, its page, and the covers of the demo. Throws when
 * the port is taken.
 */
export function createServer(options: {
  port: number
  hostname: string
  version: string
  onFrame(socket: Socket, text: string): void
  onPost(text: string): string
}) {
  const { version, onFrame, onPost } = options
  const sockets = new Set<ServerWebSocket>()
  let listener: Bun.Server<undefined> | null = listen(options.port)
  const port = listener.port ?? options.port

  function listen(port: number): Bun.Server<undefined> {
    return Bun.serve({
      port,
      hostname: options.hostname,
      // With it, a second demo on the same port would start, which a second Mopidy does not.
      reusePort: false,
      fetch,
      websocket: {
        maxPayloadLength: MAX_MESSAGE,
        backpressureLimit: MAX_BACKLOG,
        idleTimeout: 0,
        sendPings: false,
        perMessageDeflate: false,
        open: (socket) => void sockets.add(socket),
        close: (socket) => void sockets.delete(socket),
        message: (socket, frame) => receive(socket, frame),
      },
    })
  }

  function receive(socket: ServerWebSocket, frame: string | Buffer) {
    const text = typeof frame === 'string' ? frame : readText(frame)
    if (text === '') return
    if (text === null) return hangUp(socket)
    onFrame({ send: (reply) => void socket.send(reply), close: () => hangUp(socket) }, text)
  }

  function fetch(request: Request, server: Bun.Server<undefined>) {
    const { pathname } = new URL(request.url)
    if (pathname === '/mopidy/ws' || pathname === '/mopidy/ws/') return upgrade(request, server)
    if (pathname === '/mopidy/rpc') return answerRpc(request, { version, onPost: post })
    if (pathname === '/') return page(302, '', { Location: '/mopidy/' })
    if (pathname === '/mopidy') return page(301, '', { Location: '/mopidy/' })
    if (pathname === '/mopidy/') return page(200, CLIENTS, { 'X-Mopidy-Version': version })
    const cover = /^\/demo\/cover\/([a-z0-9-]+)\.svg$/.exec(pathname)?.[1]
    const svg = cover === undefined ? null : drawCover(cover)
    if (svg === null) return page(404)
    return page(200, svg, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=86400' })
  }

  function post(text: string): string | null {
    try {
      return onPost(text)
    } catch (error) {
      if (error instanceof SocketKilled) return null
      throw error
    }
  }

  return {
    port: () => port,
    connections: () => sockets.size,

    broadcast(frame: string | Uint8Array) {
      for (const socket of sockets) socket.send(frame)
    },
    /** Listens again on the same port. */
    listen() {
      listener ??= listen(port)
    },
    async close() {
      for (const socket of sockets) socket.terminate()
      sockets.clear()
      const stopped = listener?.stop(true)
      listener = null
      await stopped
    },
  }
}

function upgrade(request: Request, server: Bun.Server<undefined>): Response | undefined {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return page(400, 'Can "Upgrade" only to "WebSocket".')
  }
  if (foreign(request)) return page(403, 'Cross origin websockets not allowed')
  return server.upgrade(request) ? undefined : page(400, '"Connection" must be "Upgrade".')
}

/** The text of a binary frame, which Mopidy reads too; null for bytes that are not UTF-8. */
function readText(frame: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(frame)
  } catch {
    return null
  }
}

/** Closes without a close code, as Tornado does; 0 stands for none. */
function hangUp(socket: ServerWebSocket) {
  socket.close(0)
}

const CLIENTS = `<!DOCTYPE html>
<html>
<head><meta charset="UTF-8"><title>Mopidy</title></head>
<body><h1>Mopidy</h1><p>This is a simulated Mopidy music server.</p></body>
</html>
`
