import { readdirSync, readFileSync } from 'node:fs'
import { megabytes } from '../bench/process-memory'
import { connectRpc } from '../support/rpc-client'
import type { Waited } from './honest-phone'

const PAUSE_MS = 50

export type Watch = Awaited<ReturnType<typeof startWatch>>

/** How long a process had to wait for the processor since it began, by `performance.now()`. */
type Delay = Readonly<{ at: number; ms: number }>

/**
 * Measures until it is closed: how long `/health` takes, how long Mopidy itself takes to answer whoever asks
 * it directly, and how long Musakone and this process wait for the processor, which on a machine that is
 * busy with something else says nothing about Musakone.
 */
export async function startWatch({
  origin,
  mopidyUrl,
  pid,
}: {
  origin: string
  mopidyUrl: string
  pid: number
}) {
  const direct = await connectRpc(mopidyUrl)
  const mopidy: Waited[] = []
  const health: Waited[] = []
  const delays: Delay[] = []
  let open = true

  async function repeat(into: Waited[], name: string, work: () => Promise<unknown>): Promise<void> {
    while (open) {
      const from = performance.now()
      await work()
      into.push({ name, from, to: performance.now() })
      await Bun.sleep(PAUSE_MS)
    }
  }
  async function delay(): Promise<void> {
    while (open) {
      delays.push({ at: performance.now(), ms: runDelay(`${pid}`) + ownRunDelay() })
      await Bun.sleep(PAUSE_MS / 2)
    }
  }
  const watching = Promise.all([
    repeat(mopidy, 'Mopidy', async () => {
      await direct.call('core.get_version')
      direct.clearEvents()
    }),
    repeat(health, '/health', async () => (await fetch(`${origin}/health`)).arrayBuffer()),
    delay(),
  ])

  /** The longest answer of Mopidy's that was waited for in that time. */
  const busyMs = ({ from, to }: Waited) =>
    Math.max(0, ...mopidy.filter((one) => one.to >= from && one.from <= to).map(durationOf))

  /** How long the processor was waited for in that time. */
  function delayMs({ from, to }: Waited): number {
    const before = delays.findLast(({ at }) => at <= from) ?? delays[0]
    const after = delays.find(({ at }) => at >= to) ?? delays.at(-1)
    return (after?.ms ?? 0) - (before?.ms ?? 0)
  }

  return {
    /** How long something took beyond what Mopidy, and the machine, were busy with. */
    beyond: (waited: Waited): number => durationOf(waited) - busyMs(waited) - delayMs(waited),

    health: (): readonly Waited[] => health,
    healthBeyond: (waited: Waited): number => durationOf(waited) - delayMs(waited),

    /** The most memory that the process has held, in megabytes. */
    mostMemory: (): number => megabytes(`/proc/${pid}/status`, 'VmHWM') ?? Number.NaN,

    async close(): Promise<void> {
      open = false
      await watching
      await direct.close()
    },
  }
}

export const durationOf = ({ from, to }: Waited): number => to - from

/** The milliseconds for which this process's main thread, and that which does `fetch`, had no processor. */
function ownRunDelay(): number {
  const threads = readdirSync('/proc/self/task').map((id) => `self/task/${id}`)
  const fetching = threads.filter((thread) => told(thread, 'comm').trim() === 'HTTP Client')
  return [`self/task/${process.pid}`, ...fetching].map(runDelay).reduce((sum, ms) => sum + ms, 0)
}

/** The milliseconds for which a thread was ready and had no processor; 0 where nothing tells. */
const runDelay = (thread: string) => Number(told(thread, 'schedstat').split(' ')[1] ?? 0) / 1e6

function told(thread: string, file: string): string {
  try {
    return readFileSync(`/proc/${thread}/${file}`, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}
