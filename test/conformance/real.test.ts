import { test } from 'bun:test'
import { hasRealMopidy, startRealMopidy } from '../support/real-mopidy'
import { describeConformance } from './suite'

const maxTracklistLength = 50

if (hasRealMopidy()) {
  const extraConfig = `[core]\nmax_tracklist_length = ${maxTracklistLength}`
  describeConformance('the real Mopidy', () => startRealMopidy({ extraConfig }), {
    maxTracklistLength,
  })
} else {
  test.skip('the real Mopidy: mopidy, mopidy-local or ffmpeg is not installed', () => {})
}
