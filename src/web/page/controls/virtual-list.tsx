import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
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
  keyOf(index: number): string | number
  render(index: number): ComponentChildren
  /** Told which rows are there. */
  onShow?(first: number, last: number): void
  handle?: RefObject<ListHandle | null>
}

/** A list of rows of one height, of which only those that can be seen exist. */
export function VirtualList(options: VirtualListOptions) {
  const { count, rowHeight, headroom = 0, label, keyOf, render, onShow, handle } = options
  const list = useRef<HTMLUListElement>(null)
  const scroller = () => list.current?.closest<HTMLElement>('[data-scrolls]') ?? null
  const before = useRef<Drawn>({ render, rows: NONE, margin: 0 })
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0)
  const virtualizerOptions: VirtualizerOptions<HTMLElement, Element> = {
    count,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: headroom,
    initialRect: { width: innerWidth, height: innerHeight },
    scrollMargin: before.current.margin,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: draw,
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

  const rows = virtualizer.getVirtualItems()
  const [first, last] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0]
  useEffect(() => onShow?.(first, last), [first, last, count, onShow])

  // While it only scrolls, a row that is there already is not drawn again.
  const known = before.current.render === render ? before.current.rows : NONE
  const drawn = rows.map(
    ({ index }) =>
      known.get(index) ?? (
        <li
          key={keyOf(index)}
          aria-setsize={count}
          aria-posinset={index + 1}
          style={{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight}px)` }}
        >
          {render(index)}
        </li>
      ),
  )
  before.current.render = render
  before.current.rows = new Map(drawn.map((row, at) => [rows[at]?.index ?? 0, row]))

  return (
    <ul class="virtual" aria-label={label} ref={list} style={{ height: `${count * rowHeight}px` }}>
      {drawn}
    </ul>
  )
}

type Drawn = {
  render: VirtualListOptions['render']
  rows: ReadonlyMap<number, VNode>
  margin: number
}
const NONE: Drawn['rows'] = new Map()

/** How far below the top of what scrolls the list begins. */
function marginOf(list: HTMLElement | null, scroller: HTMLElement | null): number {
  if (list === null || scroller === null) return 0
  return (
    list.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  )
}
