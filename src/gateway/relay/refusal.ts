import type { LimitName } from '../../accounts/roles/limits'
import { allows, mayNot, type Permission } from '../../accounts/roles/permissions'
import type { Role } from '../../accounts/roles/role'
import { RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import type { MethodName } from '../../mopidy/methods'

/** What a call does, where its permission's own words are not the ones that people use. */
const DOES: Partial<Record<MethodName, string>> = {
  'core.mixer.set_mute': 'mute the sound',
  'core.playback.next': 'skip',
  'core.playback.pause': 'pause',
  'core.playback.play': 'start the music',
  'core.playback.previous': 'go back to the track before',
  'core.playback.resume': 'start the music',
  'core.playback.seek': 'jump within a track',
  'core.playback.stop': 'stop the music',
  'core.playlists.delete': 'delete playlists',
  'core.playlists.refresh': 'refresh the playlists',
  'core.tracklist.clear': 'clear the queue',
  'core.tracklist.move': 'move tracks in the queue',
  'core.tracklist.remove': 'take tracks out of the queue',
  'core.tracklist.shuffle': 'shuffle the queue',
}

/** The answer to a call that the role may not make: a sentence, and for programs the method's name. */
export function notPermitted(role: Role, method: MethodName, needs: Permission): RpcError {
  const message = mayNot(role, DOES[method] ?? allows[needs])
  return { code: RpcCode.notAllowed, message, data: { method, needs } }
}

/** The answer to a call that goes beyond a limit; `facts` are numbers for programs. */
export function beyondLimit(
  limit: LimitName,
  message: string,
  facts: Readonly<Record<string, unknown>>,
): RpcError {
  return { code: RpcCode.notAllowed, message, data: { limit, ...facts } }
}

/** `Guests`, at the beginning of a sentence. */
export const plural = (role: Role): string => `${role[0]?.toUpperCase()}${role.slice(1)}s`

/** `1 track`, `20 tracks`. */
export const tracks = (count: number): string => `${count} ${count === 1 ? 'track' : 'tracks'}`

/** `15 minutes`, `1 minute 30 seconds`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [count(Math.floor(seconds / 60), 'minute'), count(seconds % 60, 'second')]
  return parts.filter((part) => !part.startsWith('0 ')).join(' ') || '0 seconds'
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
