import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What a repository has that a document may name. */
export type Repository = Readonly<{
  /** The names of the scripts in package.json. */
  scripts: readonly string[]
  /** The paths of all files, seen from the root. */
  files: readonly string[]
}>

/** A sentence for each file, folder and `bun run` command that the text names and that does not exist. */
export function documentProblems(
  document: string,
  text: string,
  { scripts, files }: Repository,
): string[] {
  const folders = new Set(files.flatMap(foldersOf))
  const names = new Set(files.map((file) => basename(file)))
  const exists = (path: string) => {
    const plain = path.replace(/^\.\//, '').replace(/\/$/, '')
    // A document in a folder, and the map of src, name files as seen from there.
    return ['', dirname(document), 'src']
      .map((from) => join(from, plain))
      .some((file) => files.includes(file) || folders.has(file))
  }
  const lost = [
    ...commandsIn(text)
      .filter((script) => !scripts.includes(script))
      .map((script) => `the command bun run ${script}`),
    ...pathsIn(text)
      .filter((path) => !(path.includes('/') ? exists(path) : names.has(path)))
      .map((path) => `the file ${path}`),
  ]
  return [...new Set(lost)].map(
    (thing) =>
      `${document} names ${thing}, which does not exist: correct the name, or take it out.`,
  )
}

/** Scripts named anywhere, also in blocks of commands. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\bbun run ([a-z][\w:-]*)/g)].map(([, script = '']) => script)
}

/** Paths and file names in back-ticks, alone or as words of a `bun` command; no addresses, no placeholders. */
function pathsIn(text: string): string[] {
  const withoutBlocks = text.replace(/^```[\s\S]*?^```/gm, '')
  return [...withoutBlocks.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .flatMap((code) => (code.startsWith('bun ') ? code.split(' ') : [code]))
    .filter((word) => /^[\w.@*-]+(\/[\w.@*-]+)*\/?$/.test(word) && !word.includes('*'))
    .filter(
      (word) => word.includes('/') || /\.(tsx?|sql|css|ya?ml|toml|md|service|timer)$/.test(word),
    )
    .filter((word) => !NOT_OF_THE_REPOSITORY.test(word))
}

/** What the build makes, what the program writes, and media types. */
const NOT_OF_THE_REPOSITORY = /^(\.\/)?(dist|data|node_modules)\/|^(application|text|audio|image)\//

function foldersOf(file: string): string[] {
  const folder = dirname(file)
  return folder === '.' ? [] : [folder, ...foldersOf(folder)]
}

/** The documents of the repository that are there. */
export function documents(): string[] {
  const github = [...new Bun.Glob('.github/*.md').scanSync({ cwd: '.', dot: true })].sort()
  return ['README.md', 'src/README.md', ...github].filter((path) => existsSync(path))
}
