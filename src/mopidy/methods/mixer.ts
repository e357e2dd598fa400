import { boolean, integer, required } from '../parameters'
import { type Method, read, write } from './method'

/** `core.mixer.*` */
export const mixer = {
  'core.mixer.get_mute': read('see', { keptWith: ['mixer'] }),
  'core.mixer.get_volume': read('see', { keptWith: ['mixer'] }),
  'core.mixer.set_mute': write('volume', 'mute the sound', {
    parameters: { mute: required(boolean) },
    action: 'mute_changed',
    touches: ['mixer'],
  }),
  'core.mixer.set_volume': write('volume', 'change the volume', {
    parameters: { volume: required(integer(0, 100)) },
    action: 'volume_changed',
    before: ['volume'],
    touches: ['mixer'],
    limits: { volume: ({ volume }) => Number(volume) },
  }),
} satisfies Record<string, Method>
