import { LANES, type Lane } from './lanes'
import type { Options } from './options'

/** A test file, to be run in a process of its own. */
export type Job = Readonly<{ lane: Lane; file: string }>

/** The jobs of a run in the order in which they start. */
export function plan(files: readonly string[], options: Options): Job[] {
  const wanted = files.filter((file) => fits(file, options.patterns))
  return LANES.filter(({ onRequest }) => options.appliance || !onRequest).flatMap((lane) => {
    const own = wanted.filter((file) => laneOf(file) === lane)
    const inOrder = own.toSorted((a, b) => position(lane, a) - position(lane, b))
    return inOrder.map((file) => ({ lane, file }))
  })
}

/** The first lane of the table that fits. */
export function laneOf(file: string): Lane | undefined {
  return LANES.find((lane) => position(lane, file) !== -1)
}

/** Every test file of the repository, in alphabetical order. */
export function testFiles(root: string): string[] {
  return [...new Bun.Glob('test/**/*.test.ts').scanSync(root)].sort()
}

function position(lane: Lane, file: string): number {
  return lane.files.findIndex((glob) => new Bun.Glob(glob).match(file))
}

function fits(file: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => file.includes(pattern))
}
