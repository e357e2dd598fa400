import { computed, signal } from '@preact/signals'
import { openAnew } from '../opening/installed'

const here = () => location.pathname + location.search

/** The path and query that are open. */
export const address = signal(here())
export const path = computed(() => /^(\/[^/?]*)/.exec(address.value)?.[1] ?? '/')
export const query = computed(() => new URLSearchParams(address.value.split('?')[1] ?? ''))

// How far down each entry of the browser's history was scrolled.
const scrolled = new Map<string, number>()
let entry = keyOf(history.state)
let main: HTMLElement | null = null

window.addEventListener('popstate', ({ state }) => {
  leave()
  entry = keyOf(state)
  address.value = here()
})

/** Opens a page of this one, without loading anew. */
export function go(to: string, { replace = false } = {}): void {
  if (to === address.value || openAnew(to)) return
  leave()
  if (!replace) entry = crypto.getRandomValues(new Uint32Array(1)).join()
  history[replace ? 'replaceState' : 'pushState']({ entry }, '', to)
  address.value = to
}

/** For links: the left button without keys opens here, all else is the browser's. */
export function follow(event: MouseEvent): void {
  const { currentTarget, button, metaKey, ctrlKey, shiftKey, altKey } = event
  if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return
  event.preventDefault()
  go((currentTarget as HTMLAnchorElement).getAttribute('href') ?? '/')
}

/** The element that scrolls; where it was when one comes back to an address. */
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
