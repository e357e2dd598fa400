import { expect, test } from 'bun:test'
import { type Call, rebuildCall } from '../../src/mopidy/call'
import { type Answer, offline, type RpcError, resultAnswer } from '../../src/mopidy/jsonrpc'
import { createTurns, type Turn } from '../../src/mopidy/turns'
import { createRandom } from './seeded-random'

const SEEDS = 150
const STEPS = 80
const CHUNK = 2
const FORBIDDEN: RpcError = { code: -32002, message: 'The session has ended.' }

type Asker = { name: string; isForbidden: boolean; lastSent: number }
type Made = { id: number; asker: Asker; isWrite: boolean; isLarge: boolean; answers: number }
type Frame = { call: Call; onAnswer: (answer: Answer) => void }

/** People who call at random, a Mopidy that answers in order and is offline at times, and the rules. */
function openRoom(seed: number) {
  const random = createRandom(seed)
  const askers = ['one', 'two', 'three', 'four'].map(
    (name): Asker => ({ name, isForbidden: false, lastSent: -1 }),
  )
  const made: Made[] = []
  const frames: Frame[] = []
  const preparations: (() => void)[] = []
  const wrongs: string[] = []
  let isOffline = false
  let largeAdd: Made | undefined

  function ask(call: Call, onAnswer: Frame['onAnswer']): void {
    if (call.name !== 'core.tracklist.index') note(call)
    if (isOffline) onAnswer({ error: offline })
    else frames.push({ call, onAnswer })
  }

  /** A step of a call has been sent: what must not have happened before it? */
  function note(call: Call): void {
    const one = made[idIn(call)]
    if (one === undefined) return void wrongs.push('a call that nobody made')
    const { id, asker } = one
    if (one.answers > 0) wrongs.push(`${id} sent after its answer`)
    if (asker.isForbidden) wrongs.push(`${id} sent though forbidden`)
    if (id < asker.lastSent) wrongs.push(`${id} sent after ${asker.lastSent} of the same asker`)
    if (largeAdd !== undefined && largeAdd !== one && one.isWrite)
      wrongs.push(`${id} sent during the large add ${largeAdd.id}`)
    if (largeAdd !== undefined && largeAdd !== one && largeAdd.asker === asker)
      wrongs.push(`${id} sent during an add of its own asker`)
    asker.lastSent = id
    if (one.isLarge) largeAdd = one
  }

  const turns = createTurns({ ask, announce: () => {}, chunk: CHUNK })

  /** Does as the relay does: a read goes directly where it need not wait. */
  function call(): void {
    const asker = random.pick(askers)
    const id = made.length
    const uris = Array.from({ length: 1 + random.below(5) }, (_, index) => `demo:${id}:${index}`)
    const place = random.chance(0.5) ? { at_position: 0 } : {}
    const [name, params] = random.pick<[string, object]>([
      ['add', { uris, ...place }],
      ['shuffle', { start: id, end: id }],
      ['slice', { start: id, end: id }],
    ])
    const call = rebuildCall(`core.tracklist.${name}`, params) as Call
    const isLarge = name === 'add' && uris.length > CHUNK
    const one: Made = { id, asker, isWrite: name !== 'slice', isLarge, answers: 0 }
    made.push(one)
    const onDone = () => {
      one.answers += 1
      if (largeAdd === one) largeAdd = undefined
    }
    if (asker.isForbidden) onDone()
    else if (name === 'slice' && !turns.holds(asker)) ask(call, onDone)
    else turns.take({ asker, call, refusal, begin: () => onDone, onRefused: onDone, ...prepare() })

    function refusal(): RpcError | undefined {
      return asker.isForbidden ? FORBIDDEN : undefined
    }
    function prepare(): Pick<Turn, 'prepare'> {
      if (name !== 'add' || random.chance(0.6)) return {}
      const works = random.chance(0.7)
      return {
        prepare: () =>
          new Promise((resolve) =>
            preparations.push(() => resolve(works ? call : { error: FORBIDDEN })),
          ),
      }
    }
  }

  function answer(): void {
    const frame = frames.shift()
    if (frame === undefined) return
    const { name, params } = frame.call
    if (random.chance(0.05)) return frame.onAnswer({ error: { code: 0, message: 'no' } })
    if (name !== 'core.tracklist.add') return frame.onAnswer(resultAnswer(null))
    const uris = params.uris as string[]
    const added = uris.filter(() => random.chance(0.8))
    frame.onAnswer(resultAnswer(added.map((uri) => ({ tlid: 1, track: { uri } }))))
  }

  const prepareOne = () => preparations.splice(random.below(preparations.length), 1)[0]?.()

  function step(): void {
    const chance = random.next()
    if (chance < 0.45) call()
    else if (chance < 0.85) answer()
    else if (chance < 0.95) prepareOne()
    else if (chance < 0.97) random.pick(askers).isForbidden = true
    else isOffline = !isOffline
  }

  return {
    askers,
    made,
    wrongs,
    turns,
    step,

    /** Mopidy answers all that is still open, and what comes of it. */
    async finish(): Promise<void> {
      isOffline = false
      await settled()
      while (frames.length > 0 || preparations.length > 0) {
        answer()
        prepareOne()
        await settled()
      }
    },
  }
}

/** The number that a call carries in its parameters. */
function idIn({ params }: Call): number {
  const { uris, start } = params
  return Array.isArray(uris) ? Number(String(uris[0]).split(':')[1]) : Number(start)
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('whatever is called, every call is answered once, in its turn, and nobody is left waiting', async () => {
  let waited = 0
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const room = openRoom(seed)
    for (let number = 0; number < STEPS; number += 1) {
      room.step()
      if (room.askers.some((asker) => room.turns.holds(asker))) waited += 1
      if (number % 4 === 0) await settled()
    }
    await room.finish()
    expect([seed, room.wrongs]).toEqual([seed, []])
    expect([seed, room.made.filter(({ answers }) => answers !== 1)]).toEqual([seed, []])
    const held = room.askers.filter((asker) => room.turns.holds(asker))
    expect([seed, held]).toEqual([seed, []])
  }
  // Otherwise hardly any of it was about turns.
  expect(waited).toBeGreaterThan((SEEDS * STEPS) / 4)
}, 60_000)
