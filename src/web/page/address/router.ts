import { computed, signal } from '@preact/signals'
import { openAnew } from '../opening/installed'

const here = () => location.pathname + location.search

/** The open path and query. */
export const address = signal(here())
export const path = computed(() => /^(\/[^/?]*)/.exec(address.value)?.[1] ?? '/')
export const query = computed(() => new URLSearchParams(address.value.split('?')[1] ?? ''))

// The scroll position of each entry of the browser's history.
const scrolled = new Map<string, number>()
let entry = keyOf(history.state)
let main: HTMLElement | null = null

window.addEventListener('popstate', ({ state }) => {
  leave()
  entry = keyOf(state)
  address.value = here()
})

/** Opens an address of this page without loading it, unless the server has a newer page. */
export function go(to: string, { replace = false } = {}): void {
  if (to === address.value || openAnew(to)) return
  leave()
  if (!replace) entry = crypto.getRandomValues(new Uint32Array(1)).join()
  history[replace ? 'replaceState' : 'pushState']({ entry }, '', to)
  address.value = to
}

/** Handles a click on a link: a plain left click opens it here, other clicks are left to the browser. */
export function follow(event: MouseEvent): void {
  const { currentTarget, button, metaKey, ctrlKey, shiftKey, altKey } = event
  if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return
  event.preventDefault()
  go((currentTarget as HTMLAnchorElement).getAttribute('href') ?? '/')
}

/** Sets the element whose scroll position is kept for each entry of the history. */
export function scrollsIn(element: HTMLElement | null): void {
  main = element
}
export const scrollBefore = (): number => scrolled.get(entry) ?? 0

function leave(): void {
  if (main) scrolled.set(entry, main.scrollTop)
}

function keyOf(state: unknown): string {
  return (state as { entry?: string } | null)?.entry ?? 'first'
}
