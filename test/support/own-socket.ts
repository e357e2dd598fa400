export type OwnMessage = { type?: string; [member: string]: unknown }

export type OwnSocket = Awaited<ReturnType<typeof connectOwn>>

const DEADLINE_MS = 30_000

/** A client of Musakone's own dialect for tests; also sends and reads anything else on `/ws`. */
export async function connectOwn(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers })
  const messages: OwnMessage[] = []
  const texts: string[] = []
  const watchers = new Set<() => void>()
  let ending: { code: number; reason: string } | undefined
  let lastId = 0
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      ending = { code, reason }
      resolve(ending)
      for (const watcher of watchers) watcher()
    }
  })
  socket.onmessage = ({ data }) => {
    texts.push(String(data))
    messages.push(JSON.parse(String(data)))
    for (const watcher of watchers) watcher()
  }
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    void closed.then(({ code }) => reject(new Error(`${url} refused: ${code}`)))
  })

  /** Takes the first message that fits, waiting for it. */
  function take(fits: (message: OwnMessage) => boolean, name: string): Promise<OwnMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<OwnMessage>()
    const finish = (settle: () => void) => {
      watchers.delete(look)
      clearTimeout(timer)
      settle()
    }
    const fail = (why: string) =>
      finish(() => reject(new Error(`${name}: ${why}; unread: ${JSON.stringify(messages)}`)))
    const look = () => {
      const index = messages.findIndex(fits)
      const [found] = index === -1 ? [] : messages.splice(index, 1)
      if (found !== undefined) finish(() => resolve(found))
      else if (ending !== undefined) fail(`the socket closed with ${ending.code}`)
    }
    const timer = setTimeout(() => fail(`did not come in ${DEADLINE_MS} ms`), DEADLINE_MS)
    watchers.add(look)
    look()
    return promise
  }

  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))

  return {
    socket,
    /** Sends a text as it is, anything else as JSON. */
    send,
    /** Messages that have come and were not taken. */
    messages,
    /** Every text that has come. */
    texts,
    closed,

    /** Takes the next message, or the next of that type. */
    next: (type?: string): Promise<OwnMessage> =>
      take((message) => type === undefined || message.type === type, type ?? 'a message'),

    /** Takes the next event of that name; its data. */
    async event(name: string): Promise<Record<string, unknown>> {
      const { data } = await take((message) => message.event === name, `the event ${name}`)
      return data as Record<string, unknown>
    },

    /** Signs in; rejects when the token is refused. */
    async signIn(token: string): Promise<void> {
      send({ type: 'auth', token })
      const answer = await take((message) => String(message.type).startsWith('auth_'), 'an answer')
      if (answer.type !== 'auth_success') throw new Error(String(answer.error))
    },

    /** Calls a method; the whole answer, a `mopidy_response` or a `mopidy_error`. */
    call(method: string, params: unknown = {}): Promise<OwnMessage> {
      lastId += 1
      const id = `call-${lastId}`
      send({ type: 'mopidy', id, method, params })
      return take((message) => message.id === id, `the answer to ${method}`)
    },

    close(): void {
      socket.close()
    },
  }
}
