import type { Group } from '../events'
import { criteria, tlidOfTlTrack, tlTrack } from '../models'
import {
  boolean,
  denied,
  integer,
  listOf,
  nullable,
  optional,
  type Parameter,
  required,
  uri,
} from '../parameters'
import { urisOf } from './addresses'
import { type Method, PLAYER, read, write } from './method'

// Removing the current track stops it.
const QUEUE: readonly Group[] = ['tracklist', 'state', 'current', 'position']

const POSITION = integer(0)

/** A read that comes after a client's own writes to the tracklist, so that the client sees them. */
const see = (keptWith?: readonly Group[], parameters: Record<string, Parameter> = {}): Method =>
  read('see', { queue: 'read', parameters, ...(keptWith && { keptWith }) })

const setOption = (option: string): Method =>
  write('options', 'change how the queue is played', {
    parameters: { value: required(boolean) },
    action: 'options_changed',
    option,
    touches: ['options'],
  })

/** `core.tracklist.*` */
export const tracklist = {
  'core.tracklist.add': write('queue.add', 'add to the queue', {
    parameters: {
      tracks: denied('takes invented tracks and is not allowed: give uris'),
      at_position: optional(nullable(POSITION)),
      uris: required(listOf(uri)),
    },
    action: 'queue_add',
    // It stops nothing; but a current track that random and consume have left outside the tracklist is
    // no longer current once that changes.
    touches: ['tracklist', 'current', 'position'],
    queue: 'write',
    inChunks: true,
    addresses: urisOf,
    limits: { tracks: { addresses: urisOf, verb: 'add' }, adds: true },
  }),
  'core.tracklist.clear': write('queue.edit', 'clear the queue', {
    action: 'queue_clear',
    touches: QUEUE,
    queue: 'write',
    before: PLAYER,
    changesTrack: { ends: 'stopped' },
  }),
  'core.tracklist.eot_track': see(undefined, { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.filter': see(['tracklist'], { criteria: required(criteria) }),
  'core.tracklist.get_consume': see(['options']),
  // In random mode these two build the shuffle order: their answers are not kept.
  'core.tracklist.get_eot_tlid': see(),
  'core.tracklist.get_length': see(['tracklist']),
  'core.tracklist.get_next_tlid': see(),
  'core.tracklist.get_previous_tlid': see(['tracklist', 'current', 'options']),
  'core.tracklist.get_random': see(['options']),
  'core.tracklist.get_repeat': see(['options']),
  'core.tracklist.get_single': see(['options']),
  'core.tracklist.get_tl_tracks': see(['tracklist']),
  'core.tracklist.get_tracks': see(['tracklist']),
  'core.tracklist.get_version': see(['tracklist']),
  'core.tracklist.index': see(['tracklist', 'current'], {
    tl_track: { ...optional(nullable(tlidOfTlTrack)), sentAs: 'tlid' },
    tlid: optional(nullable(integer(1))),
  }),
  'core.tracklist.move': write('queue.edit', 'move tracks in the queue', {
    parameters: {
      start: required(POSITION),
      end: required(POSITION),
      to_position: required(POSITION),
    },
    action: 'queue_move',
    touches: QUEUE,
    queue: 'write',
    before: ['tracks'],
  }),
  'core.tracklist.next_track': see(undefined, { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.previous_track': see(undefined, { tl_track: required(nullable(tlTrack)) }),
  'core.tracklist.remove': write('queue.edit', 'take tracks out of the queue', {
    parameters: { criteria: required(criteria) },
    action: 'queue_remove',
    touches: QUEUE,
    queue: 'write',
    before: PLAYER,
    changesTrack: { ends: 'stopped' },
  }),
  'core.tracklist.set_consume': setOption('consume'),
  'core.tracklist.set_random': setOption('random'),
  'core.tracklist.set_repeat': setOption('repeat'),
  'core.tracklist.set_single': setOption('single'),
  'core.tracklist.shuffle': write('queue.edit', 'shuffle the queue', {
    parameters: { start: optional(nullable(POSITION)), end: optional(nullable(POSITION)) },
    action: 'queue_shuffle',
    touches: QUEUE,
    queue: 'write',
    before: PLAYER,
    changesTrack: { ends: 'stopped' },
  }),
  'core.tracklist.slice': see(['tracklist'], {
    start: required(nullable(POSITION)),
    end: required(nullable(POSITION)),
  }),
} satisfies Record<string, Method>
