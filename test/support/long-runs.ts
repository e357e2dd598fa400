import { relative } from 'node:path'

/** Whether long random runs go their whole length: `MUSAKONE_TEST_FULL=1`. Otherwise they go a tenth. */
export const fullRun: boolean = process.env.MUSAKONE_TEST_FULL === '1'

/** A number of 32 bits that each commit has its own of; what a run of one seed starts from. */
export const commitSeed: number = Number(BigInt(Bun.hash(commit())) % 2n ** 32n)

const PARTS = 10
// One seed alone: SEED=17 bun test <the file>
const { SEED } = process.env

/**
 * The seeds from 1 to `count`: all in a full run, otherwise a tenth that the commit chooses, so that each
 * commit tries other ones. With the environment variable `SEED` that one alone.
 */
export function seedsOf(count: number): number[] {
  if (SEED !== undefined) return [Number(SEED)]
  if (fullRun) return Array.from({ length: count }, (_, index) => index + 1)
  const first = commitSeed % count
  return Array.from(
    { length: Math.ceil(count / PARTS) },
    (_, index) => ((first + index * PARTS) % count) + 1,
  )
}

/** How many steps a run takes of the `count` that a full run takes. */
export function stepsOf(count: number): number {
  return fullRun ? count : Math.ceil(count / PARTS)
}

/** Does the work of one seed; when it fails, prints the seed and the command that repeats it alone. */
export async function withSeed(
  seed: number,
  { path, variables = '' }: { path: string; variables?: string },
  work: () => unknown,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const command = `SEED=${seed} ${variables}bun test ${relative(process.cwd(), path)}`
    process.stderr.write(`seed ${seed} fails; to repeat it: ${command}\n`)
    throw error
  }
}

/** The commit that is tested; a fixed text where there is no git. */
function commit(): string {
  try {
    const { success, stdout } = Bun.spawnSync(['git', 'rev-parse', 'HEAD'], {
      cwd: import.meta.dir,
    })
    return success ? stdout.toString().trim() : 'no commit'
  } catch {
    return 'no commit'
  }
}
