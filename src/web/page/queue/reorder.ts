import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useMemo } from 'preact/hooks'
import type { ListHandle } from '../controls/rows/virtual-list'
import { sentences } from '../language/language'
import { entries, moveEntry, nameOf, type QueueEntry } from './queue'
import { ROW_HEIGHT } from './row-height'

/**
 * The entry that is dragged: its place, the place that it would get, and the pixels that the
 * pointer has moved.
 */
export type Drag = { entry: QueueEntry; from: number; to: number; by: number }
export type Reorder = ReturnType<typeof createReorder>

const EDGE = 72
const FASTEST = 18

/** Moving entries of the queue with a finger, a mouse, or the arrow keys. */
export function useReorder(list: RefObject<ListHandle | null>): Reorder {
  const drag = useSignal<Drag | null>(null)
  const announcement = useSignal('')
  return useMemo(() => createReorder(drag, announcement, list), [drag, announcement, list])
}

function createReorder(
  drag: Signal<Drag | null>,
  announcement: Signal<string>,
  list: RefObject<ListHandle | null>,
) {
  async function move(entry: QueueEntry, to: number): Promise<void> {
    const moving = moveEntry(entry, to)
    announcement.value = sentences().moved(nameOf(entry), to + 1)
    if (!(await moving)) announcement.value = ''
  }

  /** Follows the pointer until it is lifted. */
  function start(event: PointerEvent, entry: QueueEntry, from: number): void {
    if (event.button !== 0) return
    event.preventDefault()
    const handle = event.currentTarget as HTMLElement
    const scroller = handle.closest<HTMLElement>('[data-scrolls]')
    if (scroller === null) return
    const id = event.pointerId
    const startY = event.clientY
    const startTop = scroller.scrollTop
    let y = startY
    let frame = 0
    drag.value = { entry, from, to: from, by: 0 }

    function draw(): void {
      if (scroller === null) return
      const { top, bottom } = scroller.getBoundingClientRect()
      const over = Math.max(0, y - (bottom - EDGE)) - Math.max(0, top + EDGE - y)
      scroller.scrollTop += Math.max(-FASTEST, Math.min(FASTEST, over / 4))
      const by = y - startY + scroller.scrollTop - startTop
      const last = entries.value.length - 1
      const to = Math.max(0, Math.min(last, from + Math.round(by / ROW_HEIGHT)))
      drag.value = { entry, from, to, by }
      frame = requestAnimationFrame(draw)
    }
    function follow(moved: PointerEvent): void {
      if (moved.pointerId === id) y = moved.clientY
    }
    function end(ended: PointerEvent | KeyboardEvent): void {
      if (ended instanceof KeyboardEvent && ended.key !== 'Escape') return
      if (ended instanceof PointerEvent && ended.pointerId !== id) return
      cancelAnimationFrame(frame)
      window.removeEventListener('pointermove', follow)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
      window.removeEventListener('keydown', end)
      const to = drag.value?.to ?? from
      drag.value = null
      if (ended.type === 'pointerup' && to !== from) move(entry, to)
    }
    window.addEventListener('pointermove', follow)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
    window.addEventListener('keydown', end)
    frame = requestAnimationFrame(draw)
  }

  /** Moves an entry by the arrow keys; the focus follows its handle. */
  function press(event: KeyboardEvent, entry: QueueEntry, index: number): void {
    const last = entries.value.length - 1
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    if (to < 0 || to > last) return
    move(entry, to)
    list.current?.reveal(to)
    keepFocus(entry.tlid)
  }

  return { drag, announcement, start, press, move }
}

const FRAMES = 20

/** Focuses the handle of a moved row again, once the list has drawn it at its new place. */
function keepFocus(tlid: number, frames = FRAMES): void {
  requestAnimationFrame(() => {
    const grip = document.querySelector<HTMLElement>(`[data-grip="${tlid}"]`)
    if (grip === null && frames > 0) keepFocus(tlid, frames - 1)
    else grip?.focus()
  })
}
