import { startDemoMopidy } from '../../src/demo/mopidy'
import { describeConformance } from './suite'

const maxTracklistLength = 50

describeConformance('the demo', () => startDemoMopidy({ lengthMs: 2_000, maxTracklistLength }), {
  maxTracklistLength,
})
