import type { DemoClock } from '../clock'
import { model, type Ref, type Track } from '../models/models'

export type HistoryEntry = [timestamp: number, ref: Ref]
export type History = ReturnType<typeof createHistory>

/** `core.history.*`: the tracks that were started, newest first. */
export function createHistory({ clock }: { clock: DemoClock }) {
  let entries: HistoryEntry[] = []

  return {
    add({ uri, name, artists = [] }: Track) {
      const names = artists.map((artist) => artist.name).filter(Boolean)
      const parts = names.length > 0 ? [names.join(', ')] : []
      if (name !== undefined) parts.push(name)
      const ref = model('Ref', { uri, name: parts.join(' - '), type: 'track' })
      entries.unshift([Math.floor(clock.now()), ref])
    },

    /** The entries that Mopidy keeps over a restart. */
    save: (): HistoryEntry[] => entries.slice(0, MOST_SAVED),
    load(saved: HistoryEntry[]) {
      entries = saved.slice()
    },

    methods: {
      'core.history.get_history': () => entries,
      'core.history.get_length': () => entries.length,
    },
  }
}

/** Mopidy's own limit. */
const MOST_SAVED = 500
