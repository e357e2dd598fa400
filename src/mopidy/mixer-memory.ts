import type { Clock } from '../clock'
import type { Call } from './call'
import type { MopidyEvent } from './events'
import type { Answer } from './jsonrpc'

/** Not every mixer tells when somebody turns its knob: what is older, in milliseconds, may be wrong. */
export const MIXER_OLD_MS = 10_000

/** The volume and the mute as Mopidy last told them: by an event, by an answer, or by a write that worked. */
export function createMixerMemory(clock: Clock) {
  const volume = createFact<number>(clock, (value) => typeof value === 'number')
  const mute = createFact<boolean>(clock, (value) => typeof value === 'boolean')

  return {
    volume: volume.value,
    mute: mute.value,

    /** How long ago Mopidy told the older of both, in milliseconds; infinite when it has not. */
    ageMs: (): number => Math.max(volume.ageMs(), mute.ageMs()),

    hear({ name, data }: MopidyEvent): void {
      if (name === 'volume_changed') volume.hear(data.volume)
      else if (name === 'mute_changed') mute.hear(data.mute)
    },

    /** Takes in what Mopidy has answered to a read, if that was of the mixer. */
    learn(method: string, result: unknown): void {
      if (method === 'core.mixer.get_volume') volume.learn(result)
      else if (method === 'core.mixer.get_mute') mute.learn(result)
    },

    /** To be called when a write is sent; what it gives back takes Mopidy's answer. */
    writing({ name, params }: Call): (answer: Answer) => void {
      if (name === 'core.mixer.set_volume') return volume.writing(params.volume)
      if (name === 'core.mixer.set_mute') return mute.writing(params.mute)
      return () => {}
    },
  }
}

/** One thing about the mixer; null as long as Mopidy has told nothing, or when there is no mixer. */
function createFact<Value>(clock: Clock, isValue: (value: unknown) => boolean) {
  let known: Value | null = null
  let at = Number.NEGATIVE_INFINITY
  let events = 0

  function learn(value: unknown): void {
    known = isValue(value) ? (value as Value) : null
    at = clock.elapsed()
  }

  return {
    value: (): Value | null => known,
    ageMs: (): number => clock.elapsed() - at,
    learn,
    hear(value: unknown): void {
      events += 1
      learn(value)
    },
    writing(value: unknown) {
      const before = events
      return (answer: Answer) => {
        // A mixer may round what it is told, and its event says to what.
        const worked = 'result' in answer && answer.result === true
        if (worked && events === before) learn(value)
      }
    },
  }
}
