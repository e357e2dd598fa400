import type { Caller, Outcome, Request } from './mirror-caller'
import type { Drill } from './mirror-drill'
import type { TlTrack } from './mirror-room'
import { playbackWrite, playlistWrite, queueWrite, SETTINGS, settingWrite } from './random-writes'

/** What the read behind a write has to give, once the write's own outcome is known. */
type Shown = (written: Outcome) => Outcome | Promise<Outcome>
type OwnWrite = { write: Request; read: Request; shown: Shown }

const LIST: Request = { method: 'tracklist.get_tl_tracks' }
const POSITION: Request = { method: 'playback.get_time_position' }
const PLAYER: readonly Request[] = [
  ...['get_state', 'get_current_tlid', 'get_current_tl_track'].map((method) => ({
    method: `playback.${method}`,
  })),
  { method: 'history.get_length' },
  LIST,
]

/**
 * One client writes while nobody else does, but all of them read, before it and behind it: its own
 * reads, sent behind the write or after its reply, and everybody's after the reply show the write.
 */
export async function writeAlone(drill: Drill): Promise<void> {
  const { random, room, step, shows } = drill
  const { write, read, shown } = await someWrite(drill)
  const writer = random.pick(room.clients)
  const others = room.clients.filter((client) => client !== writer)
  const meanwhile: Promise<Outcome>[] = []
  const readMeanwhile = (caller: Caller) => meanwhile.push(step(caller, read))

  for (const other of others) if (random.chance(0.5)) readMeanwhile(other)
  if (random.chance(0.3)) readMeanwhile(writer)
  const written = step(writer, write)
  const behind = random.chance(0.6) ? step(writer, read) : undefined
  for (const other of others) if (random.chance(0.5)) readMeanwhile(other)

  const wanted = await shown(await written)
  const show = (found: Outcome, by: string) =>
    shows(found, wanted, read, `after ${write.method}, ${by}`)
  await show(await step(writer, read), `by ${writer.name}`)
  if (behind !== undefined) await show(await behind, `behind it by ${writer.name}`)
  for (const other of others) await show(await step(other, read), `by ${other.name}`)
  await Promise.all(meanwhile)
}

async function someWrite(drill: Drill): Promise<OwnWrite> {
  const { random, room, known, direct } = drill
  // What the player does is heard from Mopidy; only where its sound keeps still in time to compare.
  const kinds = ['setting', 'playlist', 'queue', 'queue', ...(room.deterministic ? ['player'] : [])]
  const kind = random.pick(kinds)
  if (kind === 'setting') {
    const { write, read, value } = settingWrite(random, random.pick(SETTINGS))
    return { write, read, shown: () => ({ result: value }) }
  }
  if (kind === 'playlist') {
    const { shown, ...requests } = playlistWrite(random, known())
    return { ...requests, shown: () => ({ result: shown }) }
  }
  const write = kind === 'player' ? playbackWrite(random, known()) : queueWrite(random, known())
  if (kind === 'player' || (room.deterministic && random.chance(0.3))) {
    // A write to the queue may leave a position alone that moves although Mopidy says it is paused.
    const read = random.pick(kind === 'player' ? [...PLAYER, POSITION] : PLAYER)
    return { write, read, shown: () => direct(read) }
  }
  const before = await drill.trackList()
  return {
    write,
    read: LIST,
    async shown(written) {
      const list = listAfter(write, before, written)
      return list === undefined ? direct(LIST) : { result: list }
    },
  }
}

/** The tracklist that a write leaves; undefined where the write does not tell. */
function listAfter(
  { method, params = {} }: Request,
  before: readonly TlTrack[],
  written: Outcome,
): TlTrack[] | undefined {
  if ('error' in written || method === 'tracklist.shuffle') return undefined
  if (method === 'tracklist.clear') return []
  if (method === 'tracklist.add') {
    const at = params.at_position === undefined ? before.length : Number(params.at_position)
    return before.toSpliced(at, 0, ...(written.result as TlTrack[]))
  }
  if (method === 'tracklist.remove') {
    const gone = new Set((written.result as TlTrack[]).map(({ tlid }) => tlid))
    return before.filter(({ tlid }) => !gone.has(tlid))
  }
  const [start, end] = [Number(params.start), Number(params.end)]
  const count = Math.max(end - start, 1)
  const moved = before.slice(start, start + count)
  return before.toSpliced(start, count).toSpliced(Number(params.to_position), 0, ...moved)
}
