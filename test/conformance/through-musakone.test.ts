import { describe, test } from 'bun:test'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { hasRealMopidy, startRealMopidy } from '../support/real-mopidy'
import { startTestMusakone } from '../support/test-musakone'
import { describeConformance } from './suite'

/** Musakone in front of a Mopidy: its socket in Mopidy's dialect, signed in by the handshake. */
async function startThrough(mopidy: { url: string; stop(): Promise<void> }) {
  const musakone = await startTestMusakone({ mopidyUrl: mopidy.url })
  await musakone.online()
  return {
    url: `${musakone.origin.replace('http', 'ws')}/mopidy/ws`,
    headers: { authorization: `Bearer ${await musakone.logIn()}` },
    async stop() {
      await musakone.stop()
      await mopidy.stop()
    },
  }
}

const options = { throughMusakone: true, maxTracklistLength: 40 }

describeConformance(
  'Musakone on the demo',
  async () => startThrough(await startDemoMopidy({ lengthMs: 3_000, maxTracklistLength: 40 })),
  options,
)

if (hasRealMopidy())
  describeConformance(
    'Musakone on a real Mopidy',
    async () =>
      startThrough(await startRealMopidy({ extraConfig: '[core]\nmax_tracklist_length = 40' })),
    options,
  )
else
  describe('Musakone on a real Mopidy', () => {
    test.skip('skipped: Mopidy is not installed', () => {})
  })
