import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { SCREENS } from '../http/page-addresses'

/** A file as it is sent: its text, and the same compressed, in base64. */
export type BundledFile = Readonly<{
  type: string
  /** Of the content, for ETags. */
  hash: string
  text: string
  brotli: string
  gzip: string
  /** In base64, of a picture: it has no text, and is compressed as it is. */
  bytes?: string
}>

/** The page, and by their names the files that it asks for. */
export type PageBundle = Readonly<{
  html: BundledFile
  files: Readonly<Record<string, BundledFile>>
  /** What keeps all of these for when there is no connection. */
  serviceWorker: BundledFile
}>

const FOLDER = join(import.meta.dir, 'page')
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
}
/**
 * Has Chromium compile a script whole, on another thread: else it skips each function at first, and compiles
 * it when it is called, while the page waits. It saves a third of the time that the script takes.
 */
const COMPILED_AT_ONCE = '//# allFunctionsCalledOnLoad\n'
/** Files that the page names beside its script and style. */
const EXTRAS = ['icon.svg', 'manifest.webmanifest']
/** Made of the first by `test/web/page/icons.ts`, in `icons/`. */
const ICONS = ['icon-192.png', 'icon-512.png', 'maskable-512.png', 'apple-touch-icon.png']

/**
 * Bundles and compresses the page from its sources; the same sources make the same bundle. What main.tsx
 * names as `typeof import('./…')` is a file of its own, fetched when it is asked for.
 */
export async function bundlePage(): Promise<PageBundle> {
  const later = [...(await read('main.tsx')).matchAll(/\btypeof import\('\.\/([^']+)'\)/g)]
  const { outputs } = await Bun.build({
    entrypoints: ['main', ...later.map(([, path = '']) => path)].map((path) =>
      join(FOLDER, `${path}.tsx`),
    ),
    target: 'browser',
    splitting: true,
    minify: true,
    jsx: { runtime: 'automatic', importSource: 'preact', development: false },
    naming: { entry: '[name].[ext]', chunk: 'chunk-[hash].[ext]' },
  })
  const texts = new Map<string, string>()
  for (const output of outputs) {
    const name = output.path.replace(/^.*\//, '')
    texts.set(name, (name.endsWith('.js') ? COMPILED_AT_ONCE : '') + (await output.text()))
  }
  for (const name of EXTRAS) texts.set(name, await read(name))
  const files: Record<string, BundledFile> = {}
  const names = new Map<string, string>()

  /** The name with a hash of what is in the file: Bun's own hashes change with the folder that it is in. */
  function nameOf(plain: string): string {
    const known = names.get(plain)
    if (known !== undefined) return known
    const text = named(texts.get(plain) ?? '')
    const [stem = '', extension = ''] = plain.replace(/^chunk-\w+/, 'chunk').split('.')
    const name = `${stem}-${hashOf(text)}.${extension}`
    names.set(plain, name)
    files[name] = { ...compressed(text), type: TYPES[extension] ?? 'text/plain' }
    return name
  }
  /** Writes the hashed names where a text names another file: those first, for a hash covers them. */
  const named = (text: string): string =>
    text.replace(/(\.|\/page)\/([\w-]+\.\w+)/g, (whole, folder, plain) =>
      texts.has(plain) ? `${folder}/${nameOf(plain)}` : whole,
    )

  for (const icon of ICONS) {
    const bytes = Buffer.from(await Bun.file(join(FOLDER, 'icons', icon)).bytes())
    const hash = hashOf(bytes)
    const name = icon.replace('.', `-${hash}.`)
    texts.set(icon, '')
    names.set(icon, name)
    const bytesOnly = { text: '', brotli: '', gzip: '', bytes: bytes.toString('base64') }
    files[name] = { type: 'image/png', hash, ...bytesOnly }
  }
  for (const plain of texts.keys()) nameOf(plain)
  const html = named(withPreloads(await read('page.html'), texts.get('main.js') ?? ''))
  const worker = workerFor(await read('service-worker.js'), html, Object.keys(files))
  return {
    html: { ...compressed(html), type: 'text/html' },
    files,
    serviceWorker: { ...compressed(worker), type: 'text/javascript' },
  }
}

/** With the names of what it keeps: another page makes another worker of it. */
function workerFor(script: string, html: string, names: readonly string[]): string {
  const kept = names.filter((name) => !name.endsWith('.png')).map((name) => `/page/${name}`)
  return script
    .replace('VERSION', hashOf(html + kept.join()))
    .replace("['/page/…']", JSON.stringify(kept))
    .replace("['/…']", JSON.stringify(SCREENS))
}

const read = (name: string): Promise<string> => Bun.file(join(FOLDER, name)).text()

/** Names what the script imports at once, so that it is fetched beside it and not after it. */
function withPreloads(html: string, script: string): string {
  const links = [...script.matchAll(/\bfrom"\.\/([^"]+)"/g)].map(
    ([, name]) => `<link rel="modulepreload" href="/page/${name}">\n`,
  )
  return html.replace('</head>', `${links.join('')}</head>`)
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

function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

// Run as a program it prints the bundle: a macro cannot bundle by itself.
if (import.meta.main) await Bun.write(Bun.stdout, JSON.stringify(await bundlePage()))
