import type { Library } from '../library/library'
import type { DemoEvent } from '../models/events'
import { model, sameTlTrack, type TlTrack, type Track } from '../models/models'
import { PythonError } from '../models/python'
import { sliceBounds } from '../models/sequence'
import {
  checkBoolean,
  checkInteger,
  checkModel,
  checkModels,
  checkUris,
} from '../models/validation'
import { moved, partlyShuffled } from './arrangement'
import { matching } from './criteria'
import { createSuccession, type Options } from './succession'

export type SavedTracklist = { list: TlTrack[]; nextTlid: number; options: Options }
export type Tracklist = ReturnType<typeof createTracklist>

/** The queue and its options: a port of Mopidy's TracklistController, quirks included. */
export function createTracklist(services: {
  library: Library
  /** The track that plays; Mopidy measures next, previous and end of track from it. */
  current(): TlTrack | null
  /** Called after each change of the list, before clients hear of it. */
  onChange(): void
  emit(event: DemoEvent): void
  random(): number
  maxLength: number
}) {
  const { library, current, onChange, emit, random, maxLength } = services
  const options: Options = { consume: false, random: false, repeat: false, single: false }
  let nextTlid = 1
  let version = 0
  let list: TlTrack[] = []
  const succession = createSuccession({
    options,
    list: () => list,
    current,
    random,
  })

  function changed() {
    version += 1
    onChange()
    succession.restart()
    emit({ event: 'tracklist_changed' })
  }

  function setOption(name: keyof Options, value: unknown) {
    const on = checkBoolean(value)
    if (options[name] !== on) emit({ event: 'options_changed' })
    options[name] = on
    if (name === 'random' && on) succession.restart()
    return null
  }

  function indexOf(tlTrack: TlTrack | null): number | null {
    const index = list.findIndex((item) => sameTlTrack(item, tlTrack))
    return index === -1 ? null : index
  }

  function remove(criteria: unknown): TlTrack[] {
    const found = matching(list, criteria)
    // Without criteria `found` is the list itself, which shrinks while this loop walks it: like Mopidy,
    // it removes every other track.
    for (const tlTrack of found) list.splice(indexOf(tlTrack) ?? list.length, 1)
    changed()
    return found
  }

  function consume(tlTrack: TlTrack) {
    if (options.consume) remove({ tlid: [tlTrack.tlid] })
  }

  function add(tracks: unknown, atPosition: unknown, uris: unknown): TlTrack[] {
    if ((tracks === null) === (uris === null)) {
      throw new PythonError('ValueError', 'Exactly one of "tracks" or "uris" must be set')
    }
    const given = tracks === null ? null : checkModels(tracks, 'Track')
    const asked = uris === null ? [] : checkUris(uris)
    checkInteger(atPosition || 0)
    let place = atPosition === null ? null : Number(atPosition)

    const added: TlTrack[] = []
    for (const track of given ?? asked.flatMap((uri): Track[] => library.lookup(uri))) {
      // The tracks that fitted stay, but Mopidy sends no event and keeps the version.
      if (list.length >= maxLength) throw full(maxLength)
      const tlTrack = model('TlTrack', { tlid: nextTlid++, track })
      if (place === null) list.push(tlTrack)
      else list.splice(place++, 0, tlTrack)
      added.push(tlTrack)
    }
    if (added.length > 0) changed()
    return added
  }

  function move(start: unknown, end: unknown, to: unknown) {
    list = moved(list, start, end, to)
    changed()
    return null
  }

  function shuffle(start: unknown, end: unknown) {
    list = partlyShuffled(list, start, end, random)
    changed()
    return null
  }

  function index(tlTrack: unknown, tlid: unknown): number | null {
    const wanted = tlTrack === null ? null : checkModel(tlTrack, 'TlTrack')
    const number = tlid === null ? null : checkInteger(tlid, 1)
    if (wanted === null && number !== null) {
      const place = list.findIndex((item) => item.tlid === number)
      return place === -1 ? null : place
    }
    return indexOf(wanted ?? current())
  }

  function tlTrackOf(value: unknown): TlTrack | null {
    return value === null ? null : checkModel(value, 'TlTrack')
  }

  return {
    save: (): SavedTracklist => ({ list: list.slice(), nextTlid, options: { ...options } }),
    load(saved: SavedTracklist) {
      for (const name of OPTIONS) setOption(name, saved.options[name])
      nextTlid = Math.max(saved.nextTlid, nextTlid)
      list = saved.list.slice()
      changed()
    },

    length: () => list.length,
    includes: (tlTrack: TlTrack | null) => indexOf(tlTrack) !== null,
    byTlid: (tlid: number) => list.find((item) => item.tlid === tlid) ?? null,
    succession,
    markPlaying: succession.drop,
    markPlayed: consume,
    markUnplayable(tlTrack: TlTrack) {
      consume(tlTrack)
      succession.drop(tlTrack)
    },

    methods: {
      'core.tracklist.add': add,
      'core.tracklist.clear': () => {
        list = []
        changed()
        return null
      },
      'core.tracklist.eot_track': (tlTrack: unknown) => succession.atEnd(tlTrackOf(tlTrack)),
      'core.tracklist.filter': (criteria: unknown) => matching(list, criteria),
      'core.tracklist.get_consume': () => options.consume,
      'core.tracklist.get_eot_tlid': () => succession.atEnd(current())?.tlid ?? null,
      'core.tracklist.get_length': () => list.length,
      'core.tracklist.get_next_tlid': () => succession.after(current())?.tlid ?? null,
      'core.tracklist.get_previous_tlid': () => succession.before(current())?.tlid ?? null,
      'core.tracklist.get_random': () => options.random,
      'core.tracklist.get_repeat': () => options.repeat,
      'core.tracklist.get_single': () => options.single,
      'core.tracklist.get_tl_tracks': () => list,
      'core.tracklist.get_tracks': () => list.map(({ track }) => track),
      'core.tracklist.get_version': () => version,
      'core.tracklist.index': index,
      'core.tracklist.move': move,
      'core.tracklist.next_track': (tlTrack: unknown) => succession.after(tlTrackOf(tlTrack)),
      'core.tracklist.previous_track': (tlTrack: unknown) => succession.before(tlTrackOf(tlTrack)),
      'core.tracklist.remove': remove,
      'core.tracklist.set_consume': (value: unknown) => setOption('consume', value),
      'core.tracklist.set_random': (value: unknown) => setOption('random', value),
      'core.tracklist.set_repeat': (value: unknown) => setOption('repeat', value),
      'core.tracklist.set_single': (value: unknown) => setOption('single', value),
      'core.tracklist.shuffle': shuffle,
      'core.tracklist.slice': (start: unknown, end: unknown) => {
        return list.slice(...sliceBounds(start, end))
      },
    },
  }
}

const OPTIONS = ['consume', 'random', 'repeat', 'single'] as const

function full(maxLength: number): PythonError {
  const message = `('Tracklist may contain at most ${maxLength} tracks.', None)`
  return new PythonError('TracklistFull', message)
}
