import { sameTlTrack, type TlTrack } from './models'
import { shuffled } from './sequence'

export type Options = { consume: boolean; random: boolean; repeat: boolean; single: boolean }

/** What plays before and after what, under the options; random mode keeps an order of its own. */
export function createSuccession(services: {
  options: Readonly<Options>
  list(): TlTrack[]
  current(): TlTrack | null
  random(): number
}) {
  const { options, list, current, random } = services
  let order: TlTrack[] = [] // what random mode has yet to play

  function restart() {
    order = options.random ? shuffled(list(), random) : []
  }

  /** Without a track Mopidy takes the place of the current one. */
  function placeOf(tlTrack: TlTrack | null): number {
    const wanted = tlTrack ?? current()
    return list().findIndex((item) => sameTlTrack(item, wanted))
  }

  function after(tlTrack: TlTrack | null): TlTrack | null {
    const items = list()
    if (items.length === 0) return null
    if (options.random) {
      if (order.length === 0 && (options.repeat || tlTrack === null)) restart()
      return order[0] ?? null
    }
    const next = placeOf(tlTrack) + 1
    if (!options.repeat) return items[next] ?? null
    if (options.consume && items.length === 1) return null
    return items[next % items.length] ?? null
  }

  return {
    restart,
    after,

    /** What follows when a track has played to its end. */
    atEnd(tlTrack: TlTrack | null): TlTrack | null {
      if (options.single) return options.repeat ? tlTrack : null
      return after(tlTrack)
    },
    before(tlTrack: TlTrack | null): TlTrack | null {
      if (options.repeat || options.consume || options.random) return tlTrack
      return list()[placeOf(tlTrack) - 1] ?? null
    },
    drop(tlTrack: TlTrack) {
      if (options.random) order = order.filter((item) => !sameTlTrack(item, tlTrack))
    },
  }
}
