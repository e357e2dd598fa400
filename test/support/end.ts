const works: (() => void)[] = []

/** Does `work` when all tests have run. */
export function atEnd(work: () => void): void {
  works.push(work)
}

/** `bun test` emits no `exit`: the hook in `preload.ts` calls this. */
export function end(): void {
  for (const work of works.splice(0).reverse()) work()
}

// Programs that are no test, such as the benchmarks, do emit it.
process.on('exit', end)
