/**
 * Makes the executable: `dist/musakone` for this machine, `dist/musakone-<target>` for another.
 *
 *   bun run build [--target linux-x64|linux-arm64]
 *   bun run package        both, with their checksums
 */
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { version } from './package.json'

const TARGETS = ['linux-x64', 'linux-arm64'] as const
type Target = (typeof TARGETS)[number]

const { values } = parseArgs({
  options: { target: { type: 'string' }, release: { type: 'boolean', default: false } },
})

mkdirSync('dist', { recursive: true })
if (values.release) await release()
else if (values.target === undefined) compile('dist/musakone')
else if (isTarget(values.target)) compile(`dist/musakone-${values.target}`, values.target)
else fail(`unknown target ${values.target}: choose one of ${TARGETS.join(', ')}`)

async function release(): Promise<void> {
  const names = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' } as const
  const sums: string[] = []
  for (const target of TARGETS) {
    const file = `musakone-${version}-linux-${names[target]}`
    compile(`dist/${file}`, target)
    const hash = new Bun.CryptoHasher('sha256').update(await Bun.file(`dist/${file}`).bytes())
    sums.push(`${hash.digest('hex')}  ${file}`)
  }
  await Bun.write('dist/SHA256SUMS', `${sums.join('\n')}\n`)
}

function compile(outfile: string, target?: Target): void {
  run(process.execPath, [
    'build',
    'src/main.ts',
    '--compile',
    ...(target === undefined ? [] : [`--target=bun-${target}`]),
    `--outfile=${outfile}`,
    // Parsed at build time, for a start in milliseconds.
    '--bytecode',
    // Renaming identifiers too would break Elysia, which reads its handlers' source text.
    '--minify-whitespace',
    '--minify-syntax',
    // The folder that it happens to be started in has no say in what it does.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    `--define=MUSAKONE_COMMIT=${JSON.stringify(commit())}`,
  ])
  console.log(`made ${outfile}`)
}

function commit(): string {
  const { exitCode, stdout } = Bun.spawnSync(['git', 'rev-parse', '--short=12', 'HEAD'])
  return exitCode === 0 ? stdout.toString().trim() : 'unknown'
}

function run(command: string, args: readonly string[]): void {
  const { exitCode } = Bun.spawnSync([command, ...args], { stdout: 'inherit', stderr: 'inherit' })
  if (exitCode !== 0) fail(`${command} ${args[0]} failed`)
}

function isTarget(name: string): name is Target {
  return TARGETS.some((target) => target === name)
}

function fail(message: string): never {
  console.error(`build: ${message}`)
  process.exit(1)
}
