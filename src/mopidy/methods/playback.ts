import type { Group } from '../events'
import { tlidOfTlTrack } from '../models'
import { integer, nullable, optional, required, text } from '../parameters'
import { denied, type Method, PLAYER, read, write } from './method'

// A change of track starts and ends tracks, and with consume removes them.
const PLAYBACK: readonly Group[] = ['state', 'current', 'position', 'history', 'tracklist']

/** `core.playback.*` */
export const playback = {
  'core.playback.get_current_tl_track': read('see', { keptWith: ['current'] }),
  'core.playback.get_current_tlid': read('see', { keptWith: ['current'] }),
  'core.playback.get_current_track': read('see', { keptWith: ['current'] }),
  'core.playback.get_state': read('see', { keptWith: ['state'] }),
  'core.playback.get_stream_title': read('see', { keptWith: ['current'] }),
  'core.playback.get_time_position': read('see', {
    keptWith: ['position'],
    growsWhilePlaying: true,
  }),
  'core.playback.next': write('playback', 'skip', {
    action: 'skip',
    touches: PLAYBACK,
    before: PLAYER,
    changesTrack: { ends: 'skipped', starts: true, choosesSilently: true },
  }),
  'core.playback.pause': write('playback', 'pause', { action: 'pause', touches: PLAYBACK }),
  'core.playback.play': write('playback', 'start the music', {
    parameters: {
      // Mopidy 4 has lost this parameter; its tlid says the same in both.
      tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
      tlid: optional(nullable(integer(1))),
    },
    action: 'play',
    touches: PLAYBACK,
    before: [...PLAYER, 'index'],
    changesTrack: { ends: 'replaced', starts: true, resumes: true },
  }),
  'core.playback.previous': write('playback', 'go back to the track before', {
    action: 'previous',
    touches: PLAYBACK,
    before: PLAYER,
    changesTrack: { ends: 'skipped', starts: true, choosesSilently: true },
  }),
  'core.playback.resume': write('playback', 'start the music', {
    action: 'play',
    touches: PLAYBACK,
    before: PLAYER,
    changesTrack: { resumes: true },
  }),
  'core.playback.seek': write('playback', 'jump within a track', {
    parameters: { time_position: required(integer(0)) },
    action: 'seek',
    touches: PLAYBACK,
    before: PLAYER,
    changesTrack: { ends: 'skipped', starts: true },
  }),
  // It announces a state without touching the sound.
  'core.playback.set_state': denied('write', { new_state: required(text) }),
  'core.playback.stop': write('playback', 'stop the music', {
    action: 'stop',
    touches: PLAYBACK,
    before: PLAYER,
    changesTrack: { ends: 'stopped' },
  }),
} satisfies Record<string, Method>
