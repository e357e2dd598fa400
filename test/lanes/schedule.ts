import type { Lane } from './lanes'
import type { Job } from './plan'

/**
 * Runs jobs side by side, in their order, as many as `workers` and their lanes allow; then those that want
 * to be alone, one after the other. Resolves when all have ended; no job starts after `stopped`.
 */
export async function runJobs(
  jobs: readonly Job[],
  { workers, stopped, run }: Schedule,
): Promise<void> {
  await runBeside(
    jobs.filter(({ lane }) => !lane.alone),
    { workers, stopped, run },
  )
  for (const job of jobs.filter(({ lane }) => lane.alone)) if (!stopped()) await run(job)
}

export type Schedule = Readonly<{
  workers: number
  stopped(): boolean
  run(job: Job): Promise<void>
}>

function runBeside(jobs: readonly Job[], { workers, stopped, run }: Schedule): Promise<void> {
  const waiting = [...jobs]
  const running = new Map<Job, Lane>()
  const mayStart = ({ lane }: Job) =>
    [...running.values()].filter((other) => other === lane).length < (lane.atOnce ?? workers)

  return new Promise((resolve, reject) => {
    const startMore = () => {
      while (running.size < workers && !stopped()) {
        const index = waiting.findIndex(mayStart)
        const [job] = index === -1 ? [] : waiting.splice(index, 1)
        if (job === undefined) break
        running.set(job, job.lane)
        run(job).then(() => {
          running.delete(job)
          startMore()
        }, reject)
      }
      if (running.size === 0) resolve()
    }
    startMore()
  })
}
