import type { ServerWebSocket } from 'bun'
import { startDemoMopidy } from '../../../src/demo/mopidy'

export type WebRequest = { method: string; path: string; headers: Headers; body: string }
export type WebMopidy = Awaited<ReturnType<typeof startWebMopidy>>

type Answer = (request: Request) => Response | Promise<Response>
type Data = { path: string; protocol: string; headers: Headers }

/**
 * The web server of a Mopidy with extensions, of which the test says what they answer; its own
 * `/mopidy/ws` is that of a demo Mopidy. Its other sockets say back what they hear.
 */
export async function startWebMopidy(clients: readonly string[] = ['iris', 'stand-in', 'local']) {
  const demo = await startDemoMopidy()
  const requests: WebRequest[] = []
  const answers = new Map<string, Answer>()
  const sockets = new Set<ServerWebSocket<Data>>()
  const closes: { path: string; code: number; reason: string }[] = []
  const heard: (string | Buffer)[] = []
  const upgrades: WebRequest[] = []
  const calls: string[] = []
  const list = { clients, asked: 0 }
  const hanging = Promise.withResolvers<Response>()
  function listen(port: number) {
    return Bun.serve<Data>({
      port,
      hostname: '127.0.0.1',
      idleTimeout: 0,
      fetch: answer,
      websocket,
    })
  }

  async function answer(request: Request, server: Bun.Server<Data>) {
    const { pathname: path, search } = new URL(request.url)
    if (path === '/mopidy/') {
      list.asked += 1
      return new Response(pageOf(list.clients), { headers: { 'content-type': 'text/html' } })
    }
    if (request.headers.get('upgrade') === 'websocket') {
      const { method, headers } = request
      upgrades.push({ method, path: path + search, headers, body: '' })
      if (path.endsWith('/none')) return new Response('', { status: 404 })
      if (path.endsWith('/hang')) return hanging.promise
      const protocol = request.headers.get('sec-websocket-protocol')?.split(',')[0] ?? ''
      const answered = new Headers(protocol === '' ? {} : { 'sec-websocket-protocol': protocol })
      const data = { path, protocol, headers }
      if (server.upgrade(request, { data, headers: answered })) return undefined
    }
    const body = await request.clone().text()
    requests.push({ method: request.method, path: path + search, headers: request.headers, body })
    const given = answers.get(path)
    return given === undefined ? new Response(`this is ${path}`) : given(request)
  }

  const websocket = {
    open(socket: ServerWebSocket<Data>) {
      sockets.add(socket)
      if (socket.data.path.endsWith('/greeting')) socket.send('greeting')
    },
    async message(socket: ServerWebSocket<Data>, frame: string | Buffer) {
      if (socket.data.path === '/mopidy/ws') {
        calls.push(String(frame))
        const url = demo.url.replace('ws', 'http').replace(/ws$/, 'rpc')
        const headers = { 'content-type': 'application/json' }
        const reply = await fetch(url, { method: 'POST', headers, body: frame })
        socket.send(await reply.text())
        return
      }
      heard.push(frame)
      socket.send(frame)
    },
    close(socket: ServerWebSocket<Data>, code: number, reason: string) {
      sockets.delete(socket)
      closes.push({ path: socket.data.path, code, reason })
    },
  }

  let server = listen(0)
  const port = server.port ?? 0

  return {
    url: `ws://127.0.0.1:${port}/mopidy/ws`,
    origin: `http://127.0.0.1:${port}`,
    /** What was asked over HTTP, but for Mopidy's own page. */
    requests,
    /** The handshakes of all sockets, and what came to Mopidy's own. */
    upgrades,
    calls,
    /** The names on Mopidy's own page, and how often it was asked for. */
    list,
    /** The frames that extensions' sockets got, and how they were closed. */
    heard,
    closes,
    /** The open sockets of extensions. */
    sockets: () => [...sockets].filter(({ data }) => data.path !== '/mopidy/ws'),

    /** From now on the path is answered so. */
    answers(path: string, answer: Answer): void {
      answers.set(path, answer)
    },
    async goAway(): Promise<void> {
      for (const socket of sockets) socket.terminate()
      await server.stop(true)
    },
    comeBack(): void {
      server = listen(port)
    },
    async stop(): Promise<void> {
      hanging.resolve(new Response(''))
      await server.stop(true)
      await demo.stop()
    },
  }
}

/** As mopidy/http/data/clients.html has it. */
function pageOf(clients: readonly string[]): string {
  const items = clients.map((name) => `<li><a href="/${name}/">${name}</a></li>`)
  return `<!DOCTYPE html>
<html>
  <head><link rel="stylesheet" type="text/css" href="mopidy.css"></head>
  <body>
    <p>Please visit <a href="http://www.mopidy.com/">www.mopidy.com</a>.</p>
    <h2>Web clients</h2>
    <ul>${items.join('')}</ul>
  </body>
</html>`
}
