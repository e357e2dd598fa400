import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** A source file: its path below the folder that was asked for, and the files there that it imports. */
export type SourceFile = Readonly<{ path: string; text: string; imports: readonly string[] }>

/** Every TypeScript file below the folder, imports of types alone included; declarations are left out. */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const paths = [...new Bun.Glob('**/*.{ts,tsx}').scanSync(folder)].filter(
    (path) => !path.endsWith('.d.ts'),
  )
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await Bun.file(join(folder, path)).text()
      return { path, text, imports: importsOf(folder, path, text) }
    }),
  )
}

function importsOf(folder: string, path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)]
  return specifiers
    .map(([, specifier = '']) => normalize(join(dirname(path), specifier)))
    .filter((target) => !target.startsWith('..'))
    .map((target) => fileOf(folder, target))
    .filter((target) => target !== undefined)
}

/** The file that a specifier without its ending means. */
function fileOf(folder: string, target: string): string | undefined {
  return ['', '.ts', '.tsx']
    .map((ending) => target + ending)
    .find((file) => existsSync(join(folder, file)))
}
