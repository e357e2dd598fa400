import { afterAll, beforeAll, beforeEach, describe, setDefaultTimeout } from 'bun:test'
import { eventOrderConformance } from './event-orders'
import { libraryConformance } from './library'
import { mixerConformance } from './mixer'
import { modesConformance } from './modes'
import { naturalEndConformance } from './natural-end'
import { playbackConformance } from './playback'
import { playlistConformance } from './playlists'
import { protocolConformance } from './protocol'
import { readsConformance } from './reads'
import { type ConformanceOptions, type ConformanceServer, createRoom } from './room'
import { tracklistConformance } from './tracklist'

/** One suite for every server that claims to speak Mopidy's JSON-RPC over a WebSocket. */
export function describeConformance(
  name: string,
  start: () => Promise<ConformanceServer>,
  options: ConformanceOptions = {},
): void {
  // Longer than any wait inside, so that the wait's own error tells what was missing.
  setDefaultTimeout(20_000)
  describe(`${name} behaves like Mopidy`, () => {
    const room = createRoom(start)
    beforeAll(room.open, 60_000)
    beforeEach(room.tidy, 20_000)
    afterAll(room.close, 20_000)

    protocolConformance(room, options)
    readsConformance(room)
    libraryConformance(room, options)
    tracklistConformance(room, options)
    modesConformance(room)
    mixerConformance(room, options)
    playbackConformance(room, options)
    eventOrderConformance(room)
    playlistConformance(room)
    naturalEndConformance(room)
  })
}
