import { type SourceFile, targetOf } from './imports'

/** An exported name and the file that exports it. */
export type Export = Readonly<{ path: string; name: string }>

/**
 * What the files in `folder` export although no file imports it. `files` are all that may import, with
 * paths from `root`.
 */
export function unusedExports(
  root: string,
  files: readonly SourceFile[],
  folder: string,
): Export[] {
  const used = usedNames(root, files)
  return files
    .filter(({ path }) => path === folder || path.startsWith(`${folder}/`))
    .flatMap(({ path, text }) =>
      exportedNames(text)
        .filter((name) => !used.has(`${path} ${name}`))
        .map((name) => ({ path, name })),
    )
}

/** A sentence for each. */
export function exportProblems(unused: readonly Export[]): string[] {
  return unused.map(
    ({ path, name }) =>
      `${path} exports ${name}, which no file imports: remove the word export, or the thing itself ` +
      'when its own file does not use it either.',
  )
}

function exportedNames(text: string): string[] {
  const declared = text.matchAll(
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|type|interface|enum)\s+([\w$]+)/gm,
  )
  const listed = text.matchAll(/^export\s*\{([^}]*)\}/gm)
  const names = [
    ...[...declared].map(([, name = '']) => name),
    ...[...listed].flatMap(([, list = '']) => namesIn(list).map(({ outside }) => outside)),
  ]
  // A type and a value of one name are one export.
  return [...new Set(names)]
}

/** `path name` for every name that some file imports. */
function usedNames(root: string, files: readonly SourceFile[]): Set<string> {
  const used = new Set<string>()
  for (const { path, text } of files) {
    for (const [, clause = '', specifier = ''] of text.matchAll(STATIC)) {
      const target = targetOf(root, path, specifier)
      if (target === undefined) continue
      const names = clause.startsWith('{')
        ? namesIn(clause).map(({ inside }) => inside)
        : wordsIn(text)
      for (const name of names) used.add(`${target} ${name}`)
    }
    // What an import() gives is used by its name somewhere in the file.
    for (const [, specifier = ''] of text.matchAll(/import\(\s*'(\.[^']*)'/g)) {
      const target = targetOf(root, path, specifier)
      for (const name of wordsIn(text)) used.add(`${target} ${name}`)
    }
  }
  return used
}

const STATIC =
  /^(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*\s+as\s+[\w$]+)\s+from\s+'(\.[^']*)'/gm

/** The names of `{ a, type b, c as d }`, as the other file and as this file call them. */
function namesIn(list: string): { inside: string; outside: string }[] {
  return list
    .replace(/[{}]/g, '')
    .split(',')
    .map((entry) => entry.trim().replace(/^type\s+/, ''))
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [inside = '', outside = inside] = entry.split(/\s+as\s+/)
      return { inside, outside }
    })
}

function wordsIn(text: string): Set<string> {
  return new Set(text.match(/[\w$]+/g))
}
