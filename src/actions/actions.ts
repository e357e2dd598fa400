import { type Clock, secondsOf } from '../clock'
import { isRecord } from '../json'
import type { Call } from '../mopidy/call'
import type { Answer } from '../mopidy/jsonrpc'
import type { ActionType, MethodName } from '../mopidy/methods'
import type { Mopidy } from '../mopidy/mopidy'
import { type Player, readState } from '../mopidy/player'
import { readTlTracks } from '../mopidy/track'
import { type Action, type Before, classify } from './classify'
import type { Incognito } from './incognito'
import type { Entry, Recorder } from './recorder/recorder'
import { createStarts } from './starts'

/** A write that worked, told to whoever wants to know at once. */
export type Command = Readonly<{
  userId: number
  /** The user does not want to be remembered. */
  isPrivate: boolean
  call: Call
  result: unknown
  before: Before
}>

/** What may start a track, or end one. */
const CHANGES_TRACK: ReadonlySet<ActionType> = new Set([
  'play',
  'skip',
  'previous',
  'seek',
  'stop',
  'queue_clear',
  'queue_remove',
  'queue_shuffle',
])

/** While nothing plays, these choose a track without an event that tells. */
const CHOOSES_SILENTLY: ReadonlySet<MethodName> = new Set([
  'core.playback.next',
  'core.playback.previous',
])

export type Actions = ReturnType<typeof createActions>
export type ActionsOptions = {
  mopidy: Mopidy
  player: Player
  recorder: Recorder
  clock: Clock
  incognito: Incognito
  onCommand?: (command: Command) => void
}

/** Volume changes that follow each other within this time are one turn of the knob. */
const ONE_TURN_MS = 1_000

/** Records what people do, when Mopidy says that it worked. */
export function createActions({
  mopidy,
  player,
  recorder,
  clock,
  incognito,
  onCommand = () => {},
}: ActionsOptions) {
  const starts = createStarts({ mopidy })
  let turn: { entry: Entry; at: number } | undefined

  function record(userId: number, action: Action, call: Call): void {
    const entry = { userId, action, timestamp: secondsOf(clock) }
    if (action.type === 'volume_changed') return recordVolume(entry)
    if (action.type !== 'play') return recorder.record(entry)
    starts.expect(call.params.tlid, (started = action) =>
      recorder.record({ ...entry, action: started }),
    )
  }

  function recordVolume(entry: Entry): void {
    const now = clock.now()
    const sameTurn = turn?.entry.userId === entry.userId && now - turn.at <= ONE_TURN_MS
    if (turn !== undefined && sameTurn) {
      const { action } = turn.entry
      const volume = entry.action.metadata?.volume
      turn.entry.action = { ...action, metadata: { ...action.metadata, volume } }
      turn.at = now
    } else turn = { entry, at: now }
    recorder.record(turn.entry)
  }

  return {
    /** To be called when a call is about to be sent; what it returns takes Mopidy's answer. */
    begin(userId: number, call: Call): (answer: Answer) => void {
      const before: Writable<Before> = { player: player.snapshot() }
      askBefore(mopidy, call, before)
      return (answer) => {
        if ('error' in answer) return
        // Of what was begun before Mopidy went away, the tlids may be those of other tracks by now.
        const isPrivate = incognito.isOn(userId)
        const isNews = call.method.kind === 'write' && mopidy.status().online
        if (isNews) onCommand({ userId, isPrivate, call, result: answer.result, before })
        if (!isPrivate)
          for (const action of classify(call, answer.result, before)) record(userId, action, call)
        if (CHOOSES_SILENTLY.has(call.name)) player.refresh()
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

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Asks for what the reply will no longer tell. Mopidy answers one socket in order, so the answers are
 * exactly what the call itself will find.
 */
function askBefore(mopidy: Mopidy, { name, params, method }: Call, before: Writable<Before>): void {
  if (method.action !== undefined && CHANGES_TRACK.has(method.action)) {
    mopidy.send('core.playback.get_state', {}, (answer) => {
      if ('result' in answer) before.state = readState(answer.result)
    })
    mopidy.send('core.playback.get_current_tlid', {}, (answer) => {
      if ('result' in answer) before.tlid = answer.result === null ? null : Number(answer.result)
    })
    mopidy.send('core.tracklist.get_length', {}, (answer) => {
      if ('result' in answer) before.length = Number(answer.result)
    })
  }
  if (name === 'core.playback.play' && params.tlid !== undefined) {
    mopidy.send('core.tracklist.index', { tlid: params.tlid }, (answer) => {
      if ('result' in answer) before.index = answer.result === null ? null : Number(answer.result)
    })
  }
  if (name === 'core.tracklist.move') {
    const start = Number(params.start)
    const end = Math.max(Number(params.end), start + 1)
    mopidy.send('core.tracklist.slice', { start, end }, (answer) => {
      if ('result' in answer) before.tracks = readTlTracks(answer.result)
    })
  } else if (name === 'core.playlists.delete') {
    mopidy.send('core.playlists.lookup', { uri: params.uri }, (answer) => {
      if ('result' in answer && isRecord(answer.result))
        before.playlistName = String(answer.result.name)
    })
  }
}
