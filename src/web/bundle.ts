import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** A file as it is sent: its text, and the same compressed, in base64. */
export type BundledFile = Readonly<{
  type: string
  /** Of the content, for ETags. */
  hash: string
  text: string
  brotli: string
  gzip: string
}>

/** The page, and by their names the files that it asks for. */
export type PageBundle = Readonly<{
  html: BundledFile
  files: Readonly<Record<string, BundledFile>>
}>

const FOLDER = join(import.meta.dir, 'page')
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
}
/** Files that the page names beside its script and style. */
const EXTRAS = ['icon.svg', 'manifest.webmanifest']

/** Bundles and compresses the page from its sources; the same sources make the same bundle. */
export async function bundlePage(): Promise<PageBundle> {
  const { outputs } = await Bun.build({
    entrypoints: [join(FOLDER, 'main.tsx')],
    target: 'browser',
    minify: true,
    jsx: { runtime: 'automatic', importSource: 'preact', development: false },
    naming: 'musakone.[ext]',
  })
  const files: Record<string, BundledFile> = {}
  const add = (plain: string, text: string) => {
    // Bun's own hashes change with the folder that it is in.
    const [stem, extension = ''] = plain.split('.')
    files[`${stem}-${hashOf(text)}.${extension}`] = {
      ...compressed(text),
      type: TYPES[extension] ?? 'text/plain',
    }
  }
  for (const output of outputs) add(output.path.replace(/^.*\//, ''), await output.text())
  for (const name of EXTRAS) add(name, withNames(await read(name), files))
  const html = withNames(await read('page.html'), files)
  return { html: { ...compressed(html), type: 'text/html' }, files }
}

const read = (name: string): Promise<string> => Bun.file(join(FOLDER, name)).text()

/** Writes the hashed names where a text names `/page/<stem>.<extension>`. */
function withNames(text: string, files: Readonly<Record<string, BundledFile>>): string {
  return Object.keys(files).reduce((text, name) => {
    const plain = name.replace(/-[a-z0-9]+\.(\w+)$/, '.$1')
    return text.replaceAll(`/page/${plain}`, `/page/${name}`)
  }, text)
}

function compressed(text: string): Omit<BundledFile, 'type'> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return {
    hash: hashOf(text),
    text,
    brotli: brotliCompressSync(text, { params }).toString('base64'),
    gzip: gzipSync(text, { level: 9 }).toString('base64'),
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

// Run as a program it prints the bundle: a macro cannot bundle by itself.
if (import.meta.main) await Bun.write(Bun.stdout, JSON.stringify(await bundlePage()))
