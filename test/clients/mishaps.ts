import type { MopidyJs, Stenographer } from './stenographer'

/** Calls that fail, in every way that a call can. */
export async function makeMistakes({ ask, act }: Stenographer, mopidy: MopidyJs): Promise<void> {
  // mopidy.js itself refuses these.
  await ask('mixer.setVolume', 10)
  await ask('mixer.setVolume', 10, 20)
  // Its unknown member stands for a program that is newer than Mopidy.
  mopidy.unknown = (params: unknown) =>
    (mopidy._send as (message: unknown) => Promise<unknown>).call(mopidy, {
      method: 'core.playback.levitate',
      params,
    })
  await act('unknown', {}, { expectation: 'unknown' })
  delete mopidy.unknown
  await act('tracklist.move', { start: 0, end: 99, to_position: 0 })
  await act('tracklist.shuffle', { start: 3, end: 1 })
  const checked = { expectation: 'checked' } as const
  await act('mixer.setVolume', { volume: 101 }, checked)
  await act('mixer.setVolume', { loudness: 1 }, checked)
  await act('mixer.setVolume', [], checked)
  await act('mixer.setVolume', [1, 2, 3], checked)
  await act('playback.play', { tlid: 'one' }, checked)
  await act('library.lookup', { uris: ['no uri'] }, checked)
  const denied = { expectation: 'denied' } as const
  await act('playback.setState', { new_state: 'stopped' }, denied)
  await act('tracklist.add', { tracks: [] }, denied)
}

/** The connection is cut, and mopidy.js makes a new one. */
export async function reconnect(
  { ask, act, inState }: Stenographer,
  interrupt: () => Promise<void>,
): Promise<void> {
  await interrupt()
  await inState('state:offline')
  await ask('playback.getState')
  await inState('state:online', 2)
  await Promise.all([ask('playback.getState'), ask('mixer.getVolume'), ask('history.getLength')])
  await act('mixer.setMute', { mute: false }, { awaits: ['muteChanged'] })
}

/** Adds that Musakone sends in chunks. */
export async function addMany({ ask, act }: Stenographer, uris: string[]): Promise<void> {
  const changes = { awaits: ['tracklistChanged'] }
  await act('tracklist.add', { uris: uris.slice(0, 35) }, changes)
  await act('tracklist.add', { uris: uris.slice(0, 3), at_position: 30 }, changes)
  await ask('tracklist.getTlTracks')
  await act('tracklist.clear', undefined, changes)
  await act('tracklist.add', { uris: uris.slice(0, 10) }, changes)
  await act('tracklist.add', { uris: uris.slice(0, 25), at_position: 5 }, changes)
  await ask('tracklist.getTlTracks')
  await act('tracklist.clear', undefined, changes)
  await act('tracklist.add', { uris: uris.slice(0, 15) }, changes)
  // Twenty fit, and of the next fifteen five.
  await act('tracklist.add', { uris: uris.slice(0, 35) }, { expectation: 'half an add' })
  await ask('tracklist.getTlTracks')
  await act('tracklist.add', { uris: uris.slice(0, 1) })
  await ask('tracklist.getLength')
}
