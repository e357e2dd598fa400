import type { DemoEvent } from './events'
import { checkBoolean, checkInteger } from './validation'

export type SavedMixer = { volume: number; mute: boolean }
export type Mixer = ReturnType<typeof createMixer>

/** The software mixer; it announces every setting, also of the value it already has. */
export function createMixer({ announce }: { announce(event: DemoEvent): void }) {
  let volume = 100
  let mute = false

  function announceVolume() {
    announce({ volume, event: 'volume_changed' })
  }

  return {
    /** Mopidy sets the volume anew at each change of track (mopidy#886). */
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
