import { sameTlTrack, type TlTrack } from '../models/models'
import { shuffled } from '../models/sequence'

export type Options = { consume: boolean; random: boolean; repeat: boolean; single: boolean }

/** The track before and after a given one, by the options; random mode keeps an order of its own. */
export function createSuccession(services: {
  options: Readonly<Options>
  list(): TlTrack[]
  current(): TlTrack | null
  random(): number
}) {
  const { options, list, current, random } = services
  let order: TlTrack[] = [] // the tracks that random mode has not played yet

  function restart() {
    order = options.random ? shuffled(list(), random) : []
  }

  /** The index of the track, or of the current one for null; -1 when it is not in the list. */
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

    /** The track that follows when this one has played to its end. */
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
