import { startDemoMopidy } from '../../src/demo/mopidy'

// A demo Mopidy in a process of its own, which a test can stop where it stands.
const demo = await startDemoMopidy({ lengthMs: Number(process.argv[2]) })
process.stdout.write(`${demo.url}\n`)
