import { type Clock, secondsOf } from '../clock'
import { guarded, resultOr } from '../guard'
import type { Log } from '../log'
import type { Call } from '../mopidy/call'
import type { Answer } from '../mopidy/jsonrpc'
import type { Mopidy } from '../mopidy/mopidy'
import type { Player } from '../mopidy/player'
import { askBefore, type Before } from './before'
import { type Action, classify } from './classify'
import type { Incognito } from './incognito'
import type { Entry, Recorder } from './recorder/recorder'
import { createStarts } from './starts'

/** A write that worked, as the listeners of `onCommand` hear of it. */
export type Command = Readonly<{
  userId: number
  /** The user does not want to be remembered. */
  isPrivate: boolean
  call: Call
  result: unknown
  before: Before
}>

export type Actions = ReturnType<typeof createActions>
type ActionsOptions = {
  mopidy: Mopidy
  player: Player
  recorder: Recorder
  clock: Clock
  incognito: Incognito
  log: Log
  onCommand?: (command: Command) => unknown
}

/** Volume changes of one user, each within this time after the last, are one drag of a slider: one row. */
const ONE_DRAG_MS = 1_000

/** Records what people do, when Mopidy says that it worked. */
export function createActions({
  mopidy,
  player,
  recorder,
  clock,
  incognito,
  log,
  onCommand = () => {},
}: ActionsOptions) {
  const starts = createStarts({ mopidy })
  const reading = { what: 'read who is incognito', log }
  const recording = { what: 'record what was done', log }
  /** `at` is the clock's elapsed milliseconds. */
  let lastVolume: { entry: Entry; at: number } | undefined

  function record(userId: number, action: Action, call: Call): void {
    const entry = { userId, action, timestamp: secondsOf(clock) }
    if (action.type === 'volume_changed') return recordVolume(entry)
    if (action.type !== 'play') return recorder.record(entry)
    starts.expect(call.params.tlid, (started = action) =>
      recorder.record({ ...entry, action: started }),
    )
  }

  function recordVolume(entry: Entry): void {
    const now = clock.elapsed()
    const sameDrag = lastVolume?.entry.userId === entry.userId && now - lastVolume.at <= ONE_DRAG_MS
    if (lastVolume !== undefined && sameDrag) {
      const { action } = lastVolume.entry
      const volume = entry.action.metadata?.volume
      lastVolume.entry.action = { ...action, metadata: { ...action.metadata, volume } }
      lastVolume.at = now
    } else lastVolume = { entry, at: now }
    recorder.record(lastVolume.entry)
  }

  return {
    /** To be called when a call is about to be sent; what it returns takes Mopidy's answer. */
    begin(userId: number, call: Call): (answer: Answer) => void {
      const before = askBefore(mopidy, player.snapshot(), call)
      return (answer) => {
        if ('error' in answer) return
        const { result } = answer
        // Nobody is named by mistake: while it cannot be read who is incognito, everybody is.
        const isPrivate = resultOr(true, reading, () => incognito.isOn(userId))
        // Mopidy may have restarted since the call was sent: then its tlids belong to other tracks.
        const isNews = call.method.kind === 'write' && mopidy.status().online
        guarded(recording, () => {
          if (isNews) onCommand({ userId, isPrivate, call, result, before })
          if (isPrivate) return
          for (const action of classify(call, result, before)) record(userId, action, call)
        })
        if (call.method.changesTrack?.choosesSilently) player.refresh()
      }
    },

    /** Resolves when all that was done before is in the database. */
    async settled(): Promise<void> {
      await starts.known()
      await recorder.flushed()
    },

    close: (): void => starts.close(),
  }
}
