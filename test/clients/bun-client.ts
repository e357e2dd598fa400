import Mopidy from 'mopidy'
import { runSession } from './session'
import type { Place } from './stage'
import type { MopidyJs } from './stenographer'
import type { Transcript } from './transcript'

const quiet = { log() {}, warn() {}, error() {} }

/** A mopidy.js in this process. */
export function connectMopidyJs(webSocketUrl: string, backoffDelayMin = 50): MopidyJs {
  const options = { webSocketUrl, backoffDelayMin, console: quiet as unknown as Console }
  return new Mopidy(options) as unknown as MopidyJs
}

/** The session with mopidy.js in this process. */
export function runInBun({ webSocketUrl, interrupt }: Place): Promise<Transcript> {
  return runSession({ connect: () => connectMopidyJs(webSocketUrl), interrupt })
}
