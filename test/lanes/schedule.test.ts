import { expect, test } from 'bun:test'
import type { Lane } from './lanes'
import type { Job } from './plan'
import { runJobs } from './schedule'

const lane = (name: string, more: Partial<Lane> = {}): Lane => ({
  name,
  about: '',
  files: [],
  ...more,
})
const jobs = (of: Lane, count: number): Job[] =>
  Array.from({ length: count }, (_, index) => ({ lane: of, file: `${of.name} ${index}` }))

/** Jobs that last until the test ends them. */
function stage() {
  const running = new Map<string, () => void>()
  return {
    running: () => [...running.keys()],
    run: ({ file }: Job) => new Promise<void>((resolve) => running.set(file, resolve)),
    async end(name: string) {
      running.get(name)?.()
      running.delete(name)
      await Bun.sleep(0)
    },
  }
}

test('jobs start in order, as many as there are workers and as their lane allows', async () => {
  const { running, run, end } = stage()
  const all = [...jobs(lane('one', { atOnce: 1 }), 2), ...jobs(lane('many'), 3)]
  const done = runJobs(all, { workers: 3, stopped: () => false, run })
  expect(running()).toEqual(['one 0', 'many 0', 'many 1'])
  await end('many 0')
  expect(running()).toEqual(['one 0', 'many 1', 'many 2'])
  await end('one 0')
  expect(running()).toEqual(['many 1', 'many 2', 'one 1'])
  for (const name of running()) await end(name)
  await done
})

test('those that want to be alone come last, one by one', async () => {
  const { running, run, end } = stage()
  const all = [...jobs(lane('alone', { alone: true }), 2), ...jobs(lane('many'), 2)]
  const done = runJobs(all, { workers: 3, stopped: () => false, run })
  expect(running()).toEqual(['many 0', 'many 1'])
  await end('many 1')
  expect(running()).toEqual(['many 0'])
  await end('many 0')
  expect(running()).toEqual(['alone 0'])
  await end('alone 0')
  expect(running()).toEqual(['alone 1'])
  await end('alone 1')
  await done
})

test('once stopped, nothing more starts', async () => {
  const { running, run, end } = stage()
  let stopped = false
  const all = [...jobs(lane('many'), 3), ...jobs(lane('alone', { alone: true }), 1)]
  const done = runJobs(all, { workers: 1, stopped: () => stopped, run })
  stopped = true
  await end('many 0')
  await done
  expect(running()).toEqual([])
})
