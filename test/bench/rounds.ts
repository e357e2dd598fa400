/**
 * Measures every target once a round, in an order that is shuffled each time: drift, caches and
 * neighbours on the machine then hit all of them alike. Resolves to each target's results by round.
 */
export async function interleave<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Result | Promise<Result>,
): Promise<Record<Name, Result[]>> {
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<
    Name,
    Result[]
  >
  for (let round = 0; round < rounds; round += 1)
    for (const name of shuffled(names)) results[name].push(await measure(name))
  return results
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
