import { describe, expect, test } from 'bun:test'
import {
  type ConformanceOptions,
  names,
  namesButVolume,
  type Room,
  type TlTrack,
  type Track,
} from './room'

export function tracklistConformance(room: Room, options: ConformanceOptions): void {
  const { throughMusakone, maxTracklistLength } = options
  const uri = (index: number) => (room.tracks[index] as Track).uri
  const tlidsNow = async () => tlids(await room.call<TlTrack[]>('tracklist.get_tl_tracks'))
  const version = () => room.call<number>('tracklist.get_version')

  describe('tracklist', () => {
    test('add appends what the URIs name and answers the new entries', async () => {
      const added = await room.call<TlTrack[]>('tracklist.add', { uris: [uri(0), uri(1)] })
      expect(added).toMatchObject([
        { __model__: 'TlTrack', track: { __model__: 'Track', uri: uri(0) } },
        { __model__: 'TlTrack', track: { __model__: 'Track', uri: uri(1) } },
      ])
      expect(added[1]?.tlid).toBe((added[0]?.tlid ?? 0) + 1)
      expect(await room.call<TlTrack[]>('tracklist.get_tl_tracks')).toEqual(added)
      expect(await room.call<Track[]>('tracklist.get_tracks')).toEqual(
        added.map(({ track }) => track),
      )
      expect(await room.call('tracklist.get_length')).toBe(2)
    })

    test('add announces itself once and raises the version by one', async () => {
      const before = await version()
      expect(names(await room.eventsOf(() => room.queue(3), 'tracklist_changed'))).toEqual([
        'tracklist_changed',
      ])
      expect(await version()).toBe(before + 1)
    })

    test('add puts tracks at a position, in their order', async () => {
      const [first, last] = tlids(await room.queue(2))
      const params = { uris: [uri(2), uri(3)], at_position: 1 }
      const between = tlids(await room.call<TlTrack[]>('tracklist.add', params))
      expect(await tlidsNow()).toEqual([first, ...between, last] as number[])
    })

    test('add at a position past the end appends', async () => {
      const before = tlids(await room.queue(2))
      const params = { uris: [uri(2)], at_position: 99 }
      const added = tlids(await room.call<TlTrack[]>('tracklist.add', params))
      expect(await tlidsNow()).toEqual([...before, ...added])
    })

    test('add of nothing, or of what is not there, changes nothing', async () => {
      const before = await version()
      const missing = `${uri(0).split(':')[0]}:track:nothing-of-this-name`
      const events = await room.eventsOf(async () => {
        expect(await room.call('tracklist.add', { uris: [] })).toEqual([])
        expect(await room.call('tracklist.add', { uris: [missing] })).toEqual([])
      })
      expect(names(events)).toEqual([])
      expect(await version()).toBe(before)
    })

    test('add may queue the same track twice', async () => {
      const added = await room.call<TlTrack[]>('tracklist.add', { uris: [uri(0), uri(0)] })
      expect(new Set(tlids(added)).size).toBe(2)
    })

    test('add without URIs is refused', async () => {
      expect((await room.failureOf('tracklist.add', {})).code).toBe(throughMusakone ? -32602 : 0)
      const { code } = await room.failureOf('tracklist.add', { uris: ['no uri'] })
      expect(code).toBe(throughMusakone ? -32602 : 0)
    })

    test('add with invented tracks works, and the gateway denies it', async () => {
      const track = { __model__: 'Track', uri: uri(0), name: 'Invented' }
      if (throughMusakone) {
        const { code } = await room.failureOf('tracklist.add', { tracks: [track] })
        expect(code).toBe(-32002)
        expect(await room.call('tracklist.get_length')).toBe(0)
      } else {
        expect(await room.call('tracklist.add', { tracks: [track] })).toMatchObject([{ track }])
      }
    })

    test('clear empties the list but does not start tlids anew', async () => {
      const before = tlids(await room.queue(2))
      const events = await room.eventsOf(() => room.call('tracklist.clear'), 'tracklist_changed')
      expect(names(events)).toEqual(['tracklist_changed'])
      expect(await tlidsNow()).toEqual([])
      expect(tlids(await room.queue(1))[0]).toBeGreaterThan(Math.max(...before))
    })

    test('remove takes out what the criteria match and answers it', async () => {
      const [first, second, third, fourth] = await room.queue(4)
      const criteria = { tlid: [second?.tlid, fourth?.tlid] }
      let removed: unknown
      const events = await room.eventsOf(async () => {
        removed = await room.call('tracklist.remove', { criteria })
      }, 'tracklist_changed')
      expect(removed).toEqual([second, fourth])
      expect(names(events)).toEqual(['tracklist_changed'])
      expect(await room.call('tracklist.remove', { criteria: { uri: [uri(0)] } })).toEqual([first])
      expect(await tlidsNow()).toEqual([third?.tlid as number])
    })

    test('remove of nothing answers an empty list, and announces a change all the same', async () => {
      await room.queue(1)
      const before = await version()
      const nothing = { criteria: { tlid: [999_999] } }
      const events = await room.eventsOf(async () => {
        expect(await room.call('tracklist.remove', nothing)).toEqual([])
      }, 'tracklist_changed')
      expect(names(events)).toEqual(['tracklist_changed'])
      expect(await version()).toBe(before + 1)
    })

    test('move shifts a slice', async () => {
      const [a, b, c, d] = tlids(await room.queue(4)) as [number, number, number, number]
      const move = (start: number, end: number, to_position: number) =>
        room.call('tracklist.move', { start, end, to_position })
      const events = await room.eventsOf(() => move(0, 2, 2), 'tracklist_changed')
      expect(names(events)).toEqual(['tracklist_changed'])
      expect(await tlidsNow()).toEqual([c, d, a, b])
      expect(await move(3, 4, 0)).toBeNull()
      expect(await tlidsNow()).toEqual([b, c, d, a])
      await move(1, 1, 3)
      expect(await tlidsNow()).toEqual([b, d, a, c])
    })

    const badMoves: [[number, number, number], string][] = [
      [[0, 9, 0], 'end can not be larger than tracklist length'],
      [[2, 1, 0], 'start must be smaller than end'],
      [[0, 1, 9], 'to_position can not be larger than tracklist length'],
    ]
    for (const [positions, reason] of badMoves) {
      test(`move ${positions} is refused: ${reason}`, async () => {
        await room.queue(3)
        const error = await room.failureOf('tracklist.move', positions)
        expect(error.code).toBe(0)
        expect(error.data).toMatchObject({ type: 'AssertionError', message: reason })
      })
    }

    test('shuffle keeps the entries, and those outside of its slice in place', async () => {
      const before = tlids(await room.queue(6))
      const shuffle = () => room.call('tracklist.shuffle', { start: 2, end: 5 })
      const events = await room.eventsOf(shuffle, 'tracklist_changed')
      expect(names(events)).toEqual(['tracklist_changed'])
      const after = await tlidsNow()
      expect([after[0], after[1], after[5]]).toEqual([before[0], before[1], before[5]])
      expect(after.toSorted(ascending)).toEqual(before)
      await room.call('tracklist.shuffle')
      expect((await tlidsNow()).toSorted(ascending)).toEqual(before)
    })

    test('shuffle of an empty slice is refused', async () => {
      await room.queue(3)
      expect((await room.failureOf('tracklist.shuffle', { start: 2, end: 2 })).code).toBe(0)
      expect((await room.failureOf('tracklist.shuffle', { start: 0, end: 9 })).code).toBe(0)
    })

    test('slice answers a part of the list', async () => {
      const all = await room.queue(4)
      expect(await room.call<TlTrack[]>('tracklist.slice', [1, 3])).toEqual(all.slice(1, 3))
      const past = { start: 2, end: 99 }
      expect(await room.call<TlTrack[]>('tracklist.slice', past)).toEqual(all.slice(2))
    })

    test('filter answers what matches every criterion', async () => {
      const all = await room.queue(3)
      const [first, second] = all as [TlTrack, TlTrack]
      const filter = (criteria: object) =>
        room.call<TlTrack[]>('tracklist.filter', { criteria: { ...criteria } })
      expect(await filter({ tlid: [first.tlid, 999_999] })).toEqual([first])
      expect(await filter({ uri: [first.track.uri, second.track.uri] })).toEqual([first, second])
      expect(await filter({ tlid: [first.tlid], uri: [second.track.uri] })).toEqual([])
      expect(await filter({ name: [second.track.name] })).toContainEqual(second)
      expect(await filter({})).toEqual(all)
    })

    const badCriteria = [{ bogus: ['x'] }, { tlid: ['1'] }, { uri: 'not:a:list' }]
    for (const criteria of badCriteria) {
      test(`filter refuses ${JSON.stringify(criteria)}`, async () => {
        const { code } = await room.failureOf('tracklist.filter', { criteria })
        expect(code).toBe(throughMusakone ? -32602 : 0)
      })
    }

    test('index finds an entry by tlid, by entry, and the one that plays', async () => {
      const [first, second] = await room.play(3)
      expect(await room.call('tracklist.index')).toBe(0)
      expect(await room.call('tracklist.index', { tlid: second?.tlid })).toBe(1)
      expect(await room.call('tracklist.index', { tl_track: first })).toBe(0)
      expect(await room.call('tracklist.index', { tlid: 999_999 })).toBeNull()
    })

    test('removing the track that plays leaves it playing with no current track', async () => {
      const [first] = await room.play(2)
      const criteria = { tlid: [first?.tlid] }
      const remove = () => room.call('tracklist.remove', { criteria })
      expect(namesButVolume(await room.eventsOf(remove, 'tracklist_changed'))).toEqual([
        'tracklist_changed',
      ])
      expect(await room.call('playback.get_state')).toBe('playing')
      expect(await room.call('playback.get_current_tl_track')).toBeNull()
    })

    test.skipIf(maxTracklistLength === undefined)(
      'an add past the limit fails, and what fitted stays',
      async () => {
        const limit = maxTracklistLength ?? 0
        const before = await version()
        const uris = Array.from({ length: limit + 1 }, () => uri(0))
        const events = await room.eventsOf(async () => {
          const error = await room.failureOf('tracklist.add', { uris })
          expect(error.code).toBe(0)
          expect(error.data).toMatchObject({ type: 'TracklistFull' })
        })
        // Musakone adds in chunks, and says so when some of them have changed the list.
        expect(names(events)).toEqual(throughMusakone ? ['tracklist_changed'] : [])
        if (!throughMusakone) expect(await version()).toBe(before)
        expect(await room.call('tracklist.get_length')).toBe(limit)
      },
    )
  })
}

function tlids(entries: TlTrack[]): number[] {
  return entries.map(({ tlid }) => tlid)
}

function ascending(one: number, other: number): number {
  return one - other
}
