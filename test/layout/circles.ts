import type { SourceFile } from './imports'

/** Each circle of imports once, the shortest way round, as `['a.ts', 'b.ts']`; types count. */
export function circles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(files.map((file) => [file.path, file.imports]))
  const found: string[][] = []
  const seen = new Set<string>()
  for (const { path } of files) {
    if (seen.has(path)) continue
    const circle = shortestWayBack(path, imports)
    if (circle === undefined) continue
    found.push(circle)
    // The rest of the same knot is named when this circle is cut.
    for (const member of knotOf(path, imports)) seen.add(member)
  }
  return found
}

/** A sentence for each circle. */
export function circleProblems(folder: string, found: readonly string[][]): string[] {
  return found.map((circle) => {
    const way = [...circle, circle[0]].map((path) => `${folder}/${path}`).join(' → ')
    return (
      `${way} is a circle of imports, and there may be none, types included: ` +
      'move what both sides need into a third file, or pass a function in.'
    )
  })
}

type Imports = ReadonlyMap<string, readonly string[]>

/** The shortest chain of imports from a file to itself, found breadth first. */
function shortestWayBack(start: string, imports: Imports): string[] | undefined {
  const ways: string[][] = [[start]]
  const visited = new Set<string>()
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const target of imports.get(way.at(-1) ?? '') ?? []) {
      if (target === start) return way
      if (visited.has(target)) continue
      visited.add(target)
      ways.push([...way, target])
    }
  }
  return undefined
}

/** The files that a file reaches by imports and that reach it. */
function knotOf(start: string, imports: Imports): string[] {
  return [...reachable(start, imports)].filter((path) => reachable(path, imports).has(start))
}

function reachable(start: string, imports: Imports): Set<string> {
  const found = new Set<string>()
  const waiting = [start]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop())
    for (const target of imports.get(path) ?? []) {
      if (found.has(target)) continue
      found.add(target)
      waiting.push(target)
    }
  return found
}
