import { describe, expect, test } from 'bun:test'
import type { Room, TlTrack } from './room'

type Params = Record<string, unknown>
type Check = (answer: unknown) => void

export function readsConformance(room: Room): void {
  describe('while the first of three tracks plays', () => {
    for (const [method, [check, params]] of Object.entries(reads)) {
      test(`${method} answers with the right type`, async () => {
        const queued = await room.play()
        check(await room.call(method, params(queued)))
      })
    }
  })

  describe('while nothing was ever queued', () => {
    for (const method of ['get_current_tl_track', 'get_current_tlid', 'get_current_track']) {
      test(`playback.${method} answers null`, async () => {
        expect(await room.call(`playback.${method}`)).toBeNull()
      })
    }

    test('the position is 0 and the lists are empty', async () => {
      expect(await room.call('playback.get_time_position')).toBe(0)
      expect(await room.call('tracklist.get_tl_tracks')).toEqual([])
      expect(await room.call('tracklist.get_tracks')).toEqual([])
      expect(await room.call('tracklist.index')).toBeNull()
    })
  })
}

const text: Check = (answer) => expect(answer).toBeString()
const integer: Check = (answer) => expect(answer).toBeInteger()
const boolean: Check = (answer) => expect(answer).toBeBoolean()
const textOrNull: Check = (answer) => answer === null || text(answer)
const integerOrNull: Check = (answer) => answer === null || integer(answer)
const texts: Check = (answer) => {
  expect(answer).toBeArray()
  for (const each of answer as unknown[]) text(each)
}
const model = (name: string): Check => {
  return (answer) => expect(answer).toMatchObject({ __model__: name })
}
const modelOrNull = (name: string): Check => {
  return (answer) => answer === null || model(name)(answer)
}
const models = (name: string): Check => {
  return (answer) => {
    expect(answer).toBeArray()
    for (const each of answer as unknown[]) model(name)(each)
  }
}
const listsByUri = (name: string): Check => {
  return (answer) => {
    expect(answer).toBeObject()
    for (const each of Object.values(answer as Params)) models(name)(each)
  }
}
const history: Check = (answer) => {
  expect(answer).toBeArray()
  for (const each of answer as [unknown, unknown][]) {
    integer(each[0])
    model('Ref')(each[1])
  }
}

const nothing = (): Params => ({})
const firstUris = (queued: TlTrack[]) => ({ uris: [queued[0]?.track.uri] })
const firstTlTrack = (queued: TlTrack[]) => ({ tl_track: queued[0] })

// All reads but library.get_distinct, which Mopidy 3.4 cannot answer: see library.ts.
const reads: Record<string, [Check, (queued: TlTrack[]) => Params]> = {
  get_uri_schemes: [texts, nothing],
  get_version: [text, nothing],
  'history.get_history': [history, nothing],
  'history.get_length': [integer, nothing],
  'library.browse': [models('Ref'), () => ({ uri: null })],
  'library.get_images': [listsByUri('Image'), firstUris],
  'library.lookup': [listsByUri('Track'), firstUris],
  'library.search': [models('SearchResult'), () => ({ query: { any: ['a'] } })],
  'mixer.get_mute': [boolean, nothing],
  'mixer.get_volume': [integer, nothing],
  'playback.get_current_tl_track': [model('TlTrack'), nothing],
  'playback.get_current_tlid': [integer, nothing],
  'playback.get_current_track': [model('Track'), nothing],
  'playback.get_state': [(answer) => expect(answer).toBe('playing'), nothing],
  'playback.get_stream_title': [textOrNull, nothing],
  'playback.get_time_position': [integer, nothing],
  'playlists.as_list': [models('Ref'), nothing],
  'playlists.get_items': [(answer) => expect(answer).toBeNull(), () => ({ uri: 'm3u:none.m3u8' })],
  'playlists.get_uri_schemes': [texts, nothing],
  'playlists.lookup': [(answer) => expect(answer).toBeNull(), () => ({ uri: 'm3u:none.m3u8' })],
  'tracklist.eot_track': [modelOrNull('TlTrack'), firstTlTrack],
  'tracklist.filter': [models('TlTrack'), ([one]) => ({ criteria: { tlid: [one?.tlid] } })],
  'tracklist.get_consume': [boolean, nothing],
  'tracklist.get_eot_tlid': [integerOrNull, nothing],
  'tracklist.get_length': [integer, nothing],
  'tracklist.get_next_tlid': [integerOrNull, nothing],
  'tracklist.get_previous_tlid': [integerOrNull, nothing],
  'tracklist.get_random': [boolean, nothing],
  'tracklist.get_repeat': [boolean, nothing],
  'tracklist.get_single': [boolean, nothing],
  'tracklist.get_tl_tracks': [models('TlTrack'), nothing],
  'tracklist.get_tracks': [models('Track'), nothing],
  'tracklist.get_version': [integer, nothing],
  'tracklist.index': [integer, nothing],
  'tracklist.next_track': [modelOrNull('TlTrack'), firstTlTrack],
  'tracklist.previous_track': [modelOrNull('TlTrack'), firstTlTrack],
  'tracklist.slice': [models('TlTrack'), () => ({ start: 0, end: 2 })],
}
