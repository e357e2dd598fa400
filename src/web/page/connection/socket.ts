import { batch, signal } from '@preact/signals'
import { LOGIN_PAGE } from '../../../http/page-addresses'
import { sentences } from '../language/language'
import { CallError, Refused } from './call-error'

/** How the way to Musakone is: on its way for the first time, there, or lost and tried again. */
export const connection = signal<'connecting' | 'open' | 'lost'>('connecting')
/** Whether there has been a connection since the page was opened. */
export const hasBeenOpen = signal(false)
/** Whether Musakone has Mopidy. */
export const mopidyOnline = signal(true)

type Handler = (name: string, data: Readonly<Record<string, unknown>>) => void
type OpenHandler = (isFirst: boolean) => void
type Waiting = { resolve(result: never): void; reject(error: CallError): void }
type Frame = {
  type: string
  id?: number
  result?: unknown
  error?: { code: number; message: string }
  event?: string
  data?: Record<string, unknown>
  online?: boolean
}

const HANDSHAKE_MS = 4_000
const CALL_MS = 35_000
/** How long a connection may take to show that it has outlived a sleep. */
const PROBE_MS = 350
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 8_000
/** Beyond this in the background, the connection is looked at again. */
const ASLEEP_MS = 5_000

const waiting = new Map<number, Waiting>()
const eventHandlers = new Set<Handler>()
const openHandlers = new Set<OpenHandler>()
let socket: WebSocket | undefined
let lastId = 0
let wait = FIRST_WAIT_MS
let retry: ReturnType<typeof setTimeout> | undefined
let hiddenAt = 0
let isLeaving = false
let renewing: Promise<unknown> = Promise.resolve()

/** Hears Mopidy's events, and Musakone's own. */
export const onEvent = (handler: Handler): void => void eventHandlers.add(handler)
/** Told whenever there is a connection again, so that what was missed can be asked for. */
export const onOpen = (handler: OpenHandler): void => void openHandlers.add(handler)

/**
 * Calls a method of Mopidy.
 * @throws {CallError} with a sentence, when it was refused, failed or could not be asked for.
 */
export function call<Result = unknown>(method: string, params: object = {}): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const current = socket
  if (current?.readyState !== WebSocket.OPEN) {
    reject(new CallError(Refused.offline, sentences().noConnection))
    return promise
  }
  lastId += 1
  const id = lastId
  const timer = setTimeout(
    () => settle(id)?.reject(new CallError(Refused.timedOut, sentences().timedOut)),
    CALL_MS,
  )
  waiting.set(id, {
    resolve(result) {
      clearTimeout(timer)
      resolve(result)
    },
    reject(error) {
      clearTimeout(timer)
      reject(error)
    },
  })
  current.send(JSON.stringify({ type: 'mopidy', id, method, params }))
  return promise
}

/** Connects, and stays so: again after a loss, and at once when the device wakes up. */
export function connect(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hiddenAt = Date.now()
    else wake()
  })
  window.addEventListener('online', wake)
  window.addEventListener('pageshow', ({ persisted }) => persisted && wake())
  window.addEventListener('offline', () => socket?.readyState === WebSocket.OPEN && drop(socket))
  open()
}

/** For what has noticed a sleep in another way: makes sure of the connection. */
function wake(): void {
  if (socket?.readyState !== WebSocket.OPEN) {
    wait = FIRST_WAIT_MS
    return open()
  }
  if (hiddenAt === 0 || Date.now() - hiddenAt < ASLEEP_MS) return
  hiddenAt = 0
  const probed = socket
  const timer = setTimeout(() => drop(probed), PROBE_MS)
  call('core.get_version').then(
    () => {
      clearTimeout(timer)
      // Events may have been lost on the way to a sleeping device.
      for (const handler of openHandlers) handler(false)
    },
    () => {},
  )
}

function open(): void {
  clearTimeout(retry)
  if (socket !== undefined && socket.readyState < WebSocket.CLOSING) {
    if (socket.readyState === WebSocket.OPEN) return
    leave(socket)
  }
  const opening = new WebSocket(
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  )
  socket = opening
  const timer = setTimeout(() => drop(opening), HANDSHAKE_MS)
  opening.onopen = () => {
    clearTimeout(timer)
    wait = FIRST_WAIT_MS
    mopidyOnline.value = true
    const isFirst = !hasBeenOpen.peek()
    batch(() => {
      connection.value = 'open'
      hasBeenOpen.value = true
    })
    for (const handler of openHandlers) handler(isFirst)
  }
  opening.onmessage = ({ data }) => hear(JSON.parse(data))
  opening.onclose = () => {
    clearTimeout(timer)
    if (socket === opening) lost()
  }
}

/** Takes a connection for lost that may never say so itself. */
function drop(dead: WebSocket): void {
  if (dead !== socket) return
  leave(dead)
  lost()
}

function leave(old: WebSocket): void {
  old.onopen = old.onmessage = old.onclose = null
  old.close()
}

async function lost(): Promise<void> {
  socket = undefined
  connection.value = 'lost'
  for (const id of [...waiting.keys()])
    settle(id)?.reject(new CallError(Refused.offline, sentences().noConnection))
  retry = setTimeout(open, wait * (0.75 + Math.random() / 2))
  wait = Math.min(wait * 2, LONGEST_WAIT_MS)
  await renewing
  // A refused handshake looks like any other loss; and after a loss there may be a new session by now.
  if (await isSignedOut()) logInAgain()
}

/** While another session takes the place of this one, its end is no reason to leave. */
export function renew<Result>(work: Promise<Result>): Promise<Result> {
  renewing = work.catch(() => {})
  return work
}

async function isSignedOut(): Promise<boolean> {
  try {
    return (await fetch('/api/auth/me')).status === 401
  } catch {
    return false
  }
}

/** Leaves for the login, which leads back here. */
export function logInAgain(): void {
  leaveFor(`${LOGIN_PAGE}?next=${encodeURIComponent(location.pathname + location.search)}`)
}

/** Leaves once, however many hear that the session has ended: a second time would stop the first. */
export function leaveFor(address: string): void {
  if (isLeaving) return
  isLeaving = true
  location.replace(address)
}

// Brought back by the browser, as it was.
addEventListener('pageshow', () => {
  isLeaving = false
})

function hear(frame: Frame): void {
  if (frame.type === 'mopidy_event' && frame.event !== undefined)
    for (const handler of eventHandlers) handler(frame.event, frame.data ?? {})
  else if (frame.type === 'mopidy_status') {
    mopidyOnline.value = frame.online === true
    if (frame.online) for (const handler of openHandlers) handler(false)
  } else if (frame.id !== undefined) {
    const answered = settle(frame.id)
    if (frame.error === undefined) answered?.resolve(frame.result as never)
    else answered?.reject(new CallError(frame.error.code, sentenceOf(frame.error)))
  }
}

function sentenceOf({ code, message }: { code: number; message: string }): string {
  if (code === Refused.offline) return sentences().mopidyOffline
  if (code === Refused.timedOut) return sentences().timedOut
  return message
}

function settle(id: number): Waiting | undefined {
  const found = waiting.get(id)
  waiting.delete(id)
  return found
}
