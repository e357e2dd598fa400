import { statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** A source file: its path below the folder that was asked for, and the files there that it imports. */
export type SourceFile = Readonly<{ path: string; text: string; imports: readonly string[] }>

/**
 * Every TypeScript file below the folder that fits the pattern, imports of types alone included;
 * declarations are left out.
 */
export async function sourceFiles(
  folder: string,
  pattern = '**/*.{ts,tsx}',
): Promise<SourceFile[]> {
  const paths = [...new Bun.Glob(pattern).scanSync(folder)].filter(
    (path) => !path.endsWith('.d.ts'),
  )
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await Bun.file(join(folder, path)).text()
      return { path, text, imports: importsOf(folder, path, text) }
    }),
  )
}

/** The file below the folder that a file's relative specifier means, or undefined. */
export function targetOf(folder: string, path: string, specifier: string): string | undefined {
  const target = normalize(join(dirname(path), specifier))
  if (target.startsWith('..')) return undefined
  // The ending may be left out, and a folder may have the name of a file beside it.
  return ['', '.ts', '.tsx']
    .map((ending) => target + ending)
    .find((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.isFile())
}

function importsOf(folder: string, path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)]
  return specifiers
    .map(([, specifier = '']) => targetOf(folder, path, specifier))
    .filter((target) => target !== undefined)
}
