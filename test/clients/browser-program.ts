/** What `browser.ts` runs in a page: mopidy.js with its default settings. */
import Mopidy from 'mopidy'
import { runSession } from './session'
import type { MopidyJs } from './stenographer'

// Without any option it connects to ws://<the page's host>/mopidy/ws.
const connect = () => new (Mopidy as unknown as new () => MopidyJs)()

Object.assign(globalThis, {
  runSession: (interrupt: () => Promise<void>) => runSession({ connect, interrupt }),
})
