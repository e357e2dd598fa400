import { signal } from '@preact/signals'
import { CallError, Refused } from '../connection/call-error'
import { recognise } from '../connection/session'

type Toast = {
  id: number
  text: string
  tone: 'plain' | 'problem'
  action?: { label: string; run(): void }
}

export const toasts = signal<readonly Toast[]>([])

const SHOWN_MS = 4_000
const WITH_ACTION_MS = 10_000
const MOST = 3
let lastId = 0

/** Shows a message at the foot of the page for 4 s, or for 10 s with an action. */
export function say(text: string, action?: Toast['action']): void {
  show({ text, tone: 'plain', ...(action && { action }) })
}

/** Shows the message of an error at the foot of the page. */
export function complain(error: unknown): void {
  show({ text: error instanceof Error ? error.message : String(error), tone: 'problem' })
  // The permissions of the role may have changed since they were fetched.
  if (error instanceof CallError && error.code === Refused.notAllowed) recognise()
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

function show(toast: Omit<Toast, 'id'>): void {
  lastId += 1
  const id = lastId
  const others = toasts.value.filter(({ text }) => text !== toast.text)
  toasts.value = [...others, { ...toast, id }].slice(-MOST)
  setTimeout(() => dismiss(id), toast.action ? WITH_ACTION_MS : SHOWN_MS)
}
