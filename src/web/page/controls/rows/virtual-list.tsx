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
  /** Shows the row at the top. */
  scrollTo(index: number): void
  /** Shows the row, moving as little as may be. */
  reveal(index: number): void
}

type VirtualListOptions = {
  count: number
  rowHeight: number
  /** Pixels at the top that something else covers. */
  headroom?: number
  label: string
  /** Draws a row; it may be what another was before, and so keeps no state of a place. */
  render(index: number): ComponentChildren
  /** Told which rows are there. */
  onShow?(first: number, last: number): void
  handle?: RefObject<ListHandle | null>
}

/** As many rows come and go at once: to change the list costs the browser more than each row of it. */
const STEP = 4
/** Beyond those that can be seen, on either side. */
const AROUND = 6

/**
 * A list of rows of one height, of which only those that can be seen exist. While it scrolls, the rows
 * that go on one side come back on the other; at rest they stand in their order, for who reads or tabs
 * through them.
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
  /** The first and the last row that exist: always as many, and a step at a time. */
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
  // What stands above the list changes with its parent only.
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
      // While it only scrolls, a row that is there already is not drawn again.
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
  /** Which slot comes after which in the document. */
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

/** Gives up the focus of a row that goes: what stands there next is another. */
function leaveFocus(list: HTMLElement | null, first: number, last: number): void {
  const row = document.activeElement?.closest('li')
  if (!row || row.parentElement !== list) return
  const index = Number(row.ariaPosInSet) - 1
  if (index < first || index > last) (document.activeElement as HTMLElement).blur()
}

/** How far below the top of what scrolls the list begins. */
function marginOf(list: HTMLElement | null, scroller: HTMLElement | null): number {
  if (list === null || scroller === null) return 0
  return (
    list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  )
}
