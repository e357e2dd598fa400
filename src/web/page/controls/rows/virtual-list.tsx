import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import type { ComponentChildren, RefObject, VNode } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'

export type ListHandle = {
  /** Scrolls until the row is at the top. */
  scrollTo(index: number): void
  /** Scrolls as little as needed to show the row. */
  reveal(index: number): void
}

type VirtualListOptions = {
  count: number
  rowHeight: number
  /** Pixels at the top that a sticky header covers. */
  headroom?: number
  label: string
  /** Draws a row. Its component may have drawn another row before, so it must keep no state of its own. */
  render(index: number): ComponentChildren
  /** Called with the first and last row that exist. */
  onShow?(first: number, last: number): void
  handle?: RefObject<ListHandle | null>
}

/** How many rows are added and removed at once: changing the list costs the browser more than drawing a row. */
const STEP = 4
/** Rows kept above and below the visible ones. */
const AROUND = 6

/**
 * A list of rows of one height, of which only the visible ones exist. While it scrolls, a row that leaves on one
 * side is reused on the other. At rest the elements are in the order of the list, for screen readers and the
 * Tab key.
 */
export function VirtualList(options: VirtualListOptions) {
  const { count, rowHeight, headroom = 0, label, render, onShow, handle } = options
  const list = useRef<HTMLUListElement>(null)
  const scroller = () => list.current?.closest<HTMLElement>('[data-scrolls]') ?? null
  const before = useRef<Drawn>({
    render,
    rows: NONE,
    order: [],
    margin: 0,
    height: innerHeight,
    first: 0,
    last: 0,
  })
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0)
  /** The first and the last row that exist. Their number is constant, and they move by `STEP` rows. */
  const endsOf = ({ startIndex, count }: Pick<Range, 'startIndex' | 'count'>) => {
    const seen = Math.ceil((before.current.height / rowHeight + 1) / STEP) * STEP
    const first = Math.max(0, Math.floor(startIndex / STEP) * STEP - AROUND)
    return [first, Math.min(count, first + seen + STEP + 2 * AROUND) - 1] as const
  }
  const virtualizerOptions: VirtualizerOptions<HTMLElement, Element> = {
    count,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    rangeExtractor: (range) => between(...endsOf(range)),
    scrollPaddingStart: headroom,
    initialRect: { width: innerWidth, height: innerHeight },
    scrollMargin: before.current.margin,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange({ isScrolling, range, scrollRect }) {
      before.current.height = scrollRect?.height ?? innerHeight
      const { first, last } = before.current
      const [from, to] = range === null ? [first, last] : endsOf({ ...range, count })
      if (isScrolling && from === first && to === last) return
      leaveFocus(list.current, from, to)
      draw(0)
    },
    getItemKey: (index) => index,
  }
  const [virtualizer] = useState(() => new Virtualizer(virtualizerOptions))
  virtualizer.setOptions(virtualizerOptions)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  // The height above the list changes only when the parent renders.
  useLayoutEffect(() => {
    const margin = marginOf(list.current, scroller())
    if (margin === before.current.margin) return
    before.current.margin = margin
    draw(0)
  }, [render])
  useLayoutEffect(() => virtualizer._willUpdate())
  if (handle)
    handle.current = {
      scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'start' }),
      reveal: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    }

  const indexes = virtualizer.getVirtualIndexes()
  const [first, last] = [indexes[0] ?? 0, indexes.at(-1) ?? 0]
  useEffect(() => onShow?.(first, last), [first, last, count, onShow])

  const slots = last - first + 1
  const known = before.current.render === render ? before.current.rows : NONE
  const rows = new Map<number, VNode>()
  for (const index of indexes)
    rows.set(
      index,
      // While the list only scrolls, existing rows are not rendered again.
      known.get(index) ?? (
        <li
          key={index % slots}
          aria-setsize={count}
          aria-posinset={index + 1}
          style={{ height: `${rowHeight}px`, top: `${index * rowHeight}px` }}
        >
          {render(index)}
        </li>
      ),
    )
  const { order } = before.current
  const inOrder = virtualizer.isScrolling && order.length === slots ? [...indexes] : indexes
  if (inOrder !== indexes)
    inOrder.sort((a, b) => order.indexOf(a % slots) - order.indexOf(b % slots))
  before.current = {
    ...before.current,
    ...{ render, rows, first, last },
    order: inOrder.map((index) => index % slots),
  }

  return (
    <ul class="virtual" aria-label={label} ref={list} style={{ height: `${count * rowHeight}px` }}>
      {inOrder.map((index) => rows.get(index))}
    </ul>
  )
}

type Drawn = {
  render: VirtualListOptions['render']
  rows: ReadonlyMap<number, VNode>
  /** The slots in the order of their elements in the document. */
  order: readonly number[]
  margin: number
  height: number
  first: number
  last: number
}
const NONE: Drawn['rows'] = new Map()

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

/** Takes the focus from a row that leaves, since its element is reused for another row. */
function leaveFocus(list: HTMLElement | null, first: number, last: number): void {
  const row = document.activeElement?.closest('li')
  if (!row || row.parentElement !== list) return
  const index = Number(row.ariaPosInSet) - 1
  if (index < first || index > last) (document.activeElement as HTMLElement).blur()
}

/** Pixels between the top of the scrolled content and the list. */
function marginOf(list: HTMLElement | null, scroller: HTMLElement | null): number {
  if (list === null || scroller === null) return 0
  return (
    list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  )
}
