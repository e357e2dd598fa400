import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { SCREENS } from '../http/page-addresses'
import { pagePolicy } from './page-policy'

/** A file of the page: its text, and the same text compressed, in base64. */
export type BundledFile = Readonly<{
  type: string
  /** A hash of the content, for ETags. */
  hash: string
  text: string
  brotli: string
  gzip: string
  /** The bytes of a picture in base64. A PNG is compressed already, so it has no text, brotli or gzip. */
  bytes?: string
}>

/** The page, and the files that it asks for, by name. */
export type PageBundle = Readonly<{
  html: BundledFile
  files: Readonly<Record<string, BundledFile>>
  /** The worker that keeps the page and its files for a browser without a connection. */
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
 * Makes Chromium compile the whole script on another thread. Without it, Chromium compiles each function
 * at its first call, while the page waits. It saves a third of the script's time.
 */
const COMPILED_AT_ONCE = '//# allFunctionsCalledOnLoad\n'
/** Files that the page names beside its script and style. */
const EXTRAS = ['icon.svg', 'manifest.webmanifest']
/** `test/web/page/pictures/icons.ts` makes them of icon.svg, in `icons/`. */
const ICONS = ['icon-192.png', 'icon-512.png', 'maskable-512.png', 'apple-touch-icon.png']

/**
 * Bundles and compresses the page from its sources; the same sources make the same bundle. A module that main.tsx
 * names as `typeof import('./…')` becomes a file of its own, which the browser fetches when it is opened.
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

  /** The name with a hash of the file's content. Bun's own hashes depend on the path of the checkout too. */
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
  /** Writes the hashed names of other files into a text, before the text itself is hashed. */
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
  const page = withPreloads(await read('page.html'), texts.get('main.js') ?? '')
  const html = withIntegrity(named(page), files)
  const worker = workerFor(await read('opening/service-worker.js'), html, files)
  return {
    html: { ...compressed(html), type: 'text/html' },
    files,
    serviceWorker: { ...compressed(worker), type: 'text/javascript' },
  }
}

/**
 * The worker with its version, and the addresses that it keeps, each with its type and the hash of its
 * content. When the page changes, so does the version.
 */
function workerFor(
  script: string,
  html: string,
  files: Readonly<Record<string, BundledFile>>,
): string {
  const names = Object.keys(files).filter((name) => !name.endsWith('.png'))
  const kept = [
    ['/', 'text/html', integrityOf(html)],
    ...names.map((name) => [
      `/page/${name}`,
      files[name]?.type,
      integrityOf(files[name]?.text ?? ''),
    ]),
  ]
  return script
    .replace('VERSION', hashOf(JSON.stringify(kept)))
    .replace("[['/page/…', 'text/…', 'sha256-…']]", () => JSON.stringify(kept))
    .replace("['/screens/…']", JSON.stringify(Object.values(SCREENS)))
    .replace("'POLICY'", () => JSON.stringify(pagePolicy('HOST')))
}

/** The page with the hashes of its scripts and styles: a browser takes nothing else for them. */
function withIntegrity(html: string, files: Readonly<Record<string, BundledFile>>): string {
  return html.replace(
    /<(?:script|link rel="(?:stylesheet|modulepreload)")[^>]*(?:src|href)="\/page\/([^"]+)"/g,
    (tag, name) => `${tag} integrity="${integrityOf(files[name]?.text ?? '')}"`,
  )
}

/** The hash of a text, as browsers compare it. */
const integrityOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('base64')}`

const read = (name: string): Promise<string> => Bun.file(join(FOLDER, name)).text()

/** Preloads what the script imports, so that the browser fetches it beside the script and not after it. */
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

// Run as a program it prints the bundle: Bun cannot bundle inside a macro.
if (import.meta.main) await Bun.write(Bun.stdout, JSON.stringify(await bundlePage()))
