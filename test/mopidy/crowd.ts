import type { Caller, Outcome } from './mirror/mirror-caller'
import type { Drill } from './mirror/mirror-drill'
import {
  playbackWrite,
  playlistWrite,
  queueWrite,
  REFRESHES,
  SETTINGS,
  type Setting,
  settingWrite,
} from './mirror/random-writes'
import type { Random } from './seeded-random'

/** What somebody alone may write for as long as a crowd lasts, so that it knows what has to be read. */
type Owned = Setting | 'playlists'

/** How an outsider changed something of which no event tells. */
type Silence =
  | 'a track chosen while nothing plays'
  | 'a seek before there is a sound'
  | 'an add that failed'

/** For how long the mirror may not know, in milliseconds. */
const BOUND: Record<Silence, number> = {
  // Rather 1,000; but a position is counted on for 2,000, and would be over the jump of the clock.
  'a track chosen while nothing plays': 2_000,
  'a seek before there is a sound': 2_000,
  'an add that failed': 30_000,
}

/** All of them read and write at once; afterwards, at the bounds of what is silent, all agrees. */
export async function crowd(drill: Drill, turns: number): Promise<void> {
  const { random, room } = drill
  const callers = [...room.clients, ...room.outsiders.slice(0, 1 + random.below(2))]
  const owners = new Map<Owned, Caller>(
    [...SETTINGS, 'playlists' as const].map((owned) => [owned, random.pick(callers)]),
  )
  const mayBeSilent = random.chance(0.25)
  // Then all that the mirror hears of is events.
  const clientsOnlyRead = random.chance(0.3)
  const silences = new Set<Silence>()
  await Promise.all(
    callers.map((caller) =>
      beOneOf({
        drill,
        caller,
        random: random.fork(),
        owners,
        mayBeSilent,
        clientsOnlyRead,
        silences,
        turns,
      }),
    ),
  )
  await compareAfter(silences, drill)
}

async function compareAfter(silences: ReadonlySet<Silence>, drill: Drill): Promise<void> {
  await drill.room.quiet()
  drill.room.grow(Math.max(0, ...[...silences].map((silence) => BOUND[silence])))
  await drill.compareAll()
}

/** With everything kept, an outsider does one thing: its events have to tell of all that it changes. */
export async function disturb(drill: Drill): Promise<void> {
  const { random, room } = drill
  const silences = new Set<Silence>()
  await writeShared({
    drill,
    caller: random.pick(room.outsiders),
    random,
    mayBeSilent: false,
    silences,
  })
  await compareAfter(silences, drill)
}

type Writer = {
  drill: Drill
  caller: Caller
  random: Random
  mayBeSilent: boolean
  silences: Set<Silence>
}

type Member = Writer & {
  owners: ReadonlyMap<Owned, Caller>
  clientsOnlyRead: boolean
  turns: number
}

async function beOneOf(member: Member): Promise<void> {
  const { drill, caller, random, owners, clientsOnlyRead, turns } = member
  const onlyReads = clientsOnlyRead && !caller.outside
  const { room, step, someRead } = drill
  const owns = [...owners.keys()].filter((owned) => owners.get(owned) === caller)
  for (let turn = 0; turn < turns; turn += 1) {
    if (random.chance(0.1)) room.pass(random.below(8))
    if (onlyReads || random.chance(0.35)) await step(caller, someRead(random))
    else if (random.chance(0.2))
      await Promise.all([1, 2, 3].map(() => step(caller, someRead(random))))
    else if (owns.length > 0 && random.chance(0.5)) await writeOwned(member, random.pick(owns))
    else await writeShared(member)
  }
}

/** Writes what nobody else does, and reads it behind that and after it. */
async function writeOwned({ drill, caller, random }: Member, owned: Owned): Promise<void> {
  const { step, shows, known } = drill
  const { write, read, wanted } =
    owned === 'playlists' ? ownedPlaylist(random, known) : ownedSetting(random, owned)
  const written = step(caller, write)
  const behind = random.chance(0.5) ? step(caller, read) : undefined
  await written
  const show = (found: Outcome, how: string) =>
    shows(found, { result: wanted }, read, `${how} its own ${write.method} by ${caller.name}`)
  await show(await step(caller, read), 'after')
  if (behind !== undefined) await show(await behind, 'right behind')
}

function ownedSetting(random: Random, setting: Setting) {
  const { value, ...requests } = settingWrite(random, setting)
  return { ...requests, wanted: value }
}

function ownedPlaylist(random: Random, known: Drill['known']) {
  const { shown, ...requests } = playlistWrite(random, known())
  return { ...requests, wanted: shown }
}

async function writeShared(writer: Writer): Promise<void> {
  const { drill, caller, random, mayBeSilent, silences } = writer
  const { step, known } = drill
  if (random.chance(0.05)) return void (await step(caller, random.pick(REFRESHES)))
  const write = random.chance(0.5) ? playbackWrite(random, known()) : queueWrite(random, known())
  const { method } = write
  const chooses = method === 'playback.next' || method === 'playback.previous'
  const adds = method === 'tracklist.add'
  if (caller.outside && (chooses || adds) && !mayBeSilent) return
  const outcome = await step(caller, write)
  if (!caller.outside) return
  if (chooses) silences.add('a track chosen while nothing plays')
  if (adds && 'error' in outcome) silences.add('an add that failed')
  if (method === 'playback.seek' && 'result' in outcome && outcome.result !== true)
    silences.add('a seek before there is a sound')
}
