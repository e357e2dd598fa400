import type { DemoClock } from './clock'
import { model, type Ref, type Track } from './models'

export type History = ReturnType<typeof createHistory>

/** What was started, the newest first, as `core.history.*` tells it. */
export function createHistory({ clock }: { clock: DemoClock }) {
  const entries: [timestamp: number, ref: Ref][] = []

  return {
    add({ uri, name, artists = [] }: Track) {
      const names = artists.map((artist) => artist.name).filter(Boolean)
      const parts = names.length > 0 ? [names.join(', ')] : []
      if (name !== undefined) parts.push(name)
      const ref = model('Ref', { uri, name: parts.join(' - '), type: 'track' })
      entries.unshift([Math.floor(clock.now()), ref])
    },

    methods: {
      'core.history.get_history': () => entries,
      'core.history.get_length': () => entries.length,
    },
  }
}
