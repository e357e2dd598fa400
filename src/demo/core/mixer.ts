import type { DemoEvent } from '../models/events'
import { checkBoolean, checkInteger } from '../models/validation'

export type SavedMixer = { volume: number; mute: boolean }

/** Mopidy's software mixer: it announces each call that sets a value, also the value that it has. */
export function createMixer({ announce }: { announce(event: DemoEvent): void }) {
  let volume = 100
  let mute = false

  function announceVolume() {
    announce({ volume, event: 'volume_changed' })
  }

  return {
    /** Mopidy sets the volume again at each change of track (mopidy#886), which announces it. */
    reassert: announceVolume,

    save: (): SavedMixer => ({ volume, mute }),
    load(saved: SavedMixer) {
      volume = saved.volume
      mute = saved.mute
      announceVolume()
      announce({ mute, event: 'mute_changed' })
    },

    methods: {
      'core.mixer.get_volume': () => volume,
      'core.mixer.get_mute': () => mute,
      'core.mixer.set_volume': (value: unknown) => {
        volume = checkInteger(value, 0, 100)
        announceVolume()
        return true
      },
      'core.mixer.set_mute': (value: unknown) => {
        mute = checkBoolean(value)
        announce({ mute, event: 'mute_changed' })
        return true
      },
    },
  }
}
