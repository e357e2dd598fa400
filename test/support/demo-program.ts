import { startDemoMopidy } from '../../src/demo/mopidy'

// A demo Mopidy in a process of its own, for tests that stop it where it stands, or measure others. With an
// argument every track is that many milliseconds long.
const lengthMs = Number(process.argv[2] ?? 0)
const demo = await startDemoMopidy(lengthMs === 0 ? {} : { lengthMs })
process.stdout.write(`${demo.url}\n`)
