/**
 * Makes the executable: `dist/musakone` for this machine, `dist/musakone-<target>` for another.
 *
 *   bun run build [--target linux-x64|linux-arm64]
 *   bun run package        both, their Debian packages, and the checksums of all
 *
 * The same sources make the same bytes. With `--release --target … [--quick]
 * [--into <folder>]` only one of them, larger but sooner, for tests.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { version } from './package.json'
import { type Architecture, makePackage } from './systemd/debian/package'

// The x64 runtime of Bun 1.4.5 is its baseline build: any CPU since 2008 (SSE 4.2) will do.
const ARCHITECTURES = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' } as const
type Target = keyof typeof ARCHITECTURES
const TARGETS = Object.keys(ARCHITECTURES) as Target[]

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    release: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    into: { type: 'string', default: 'dist' },
  },
})
const { target, quick, into } = values
if (target !== undefined && !isTarget(target))
  fail(`unknown target ${target}: choose one of ${TARGETS.join(', ')}`)

const commit = git('describe', '--always', '--abbrev=12', '--exclude=*', '--dirty') || 'unknown'
const epoch = Number(process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct') || 0)

// The folders of a package are for all to read.
process.umask(0o022)
mkdirSync(into, { recursive: true })
if (values.release) await release(target === undefined ? TARGETS : [target])
else compile(target === undefined ? `${into}/musakone` : `${into}/musakone-${target}`, target)

async function release(targets: readonly Target[]): Promise<void> {
  for (const old of readdirSync(into).filter((name) => /^musakone[-_]\d/.test(name)))
    rmSync(`${into}/${old}`)
  const made = targets.flatMap((target) => {
    const architecture = ARCHITECTURES[target]
    const executable = `musakone-${version}-linux-${architecture}`
    compile(`${into}/${executable}`, target)
    return [executable, packageOf(executable, architecture)]
  })
  const sums = await Promise.all(
    made.map(async (file) => {
      const bytes = await Bun.file(`${into}/${file}`).bytes()
      return `${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}  ${file}\n`
    }),
  )
  await Bun.write(`${into}/SHA256SUMS`, sums.join(''))
}

function packageOf(executable: string, architecture: Architecture): string {
  const file = makePackage(into, {
    executable: `${into}/${executable}`,
    architecture,
    version,
    epoch,
    quick,
    // From the sources, since the executable may be for another machine.
    printed: (...args) => run(process.execPath, ['src/main.ts', ...args]),
  })
  console.log(`made ${into}/${file}`)
  return file
}

function compile(outfile: string, target?: Target): void {
  run(process.execPath, [
    'build',
    'src/main.ts',
    // Threads are entries of their own.
    'src/actions/recorder/recorder-thread.ts',
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
    // Otherwise packages that ask for their folder get the one on the machine that builds.
    '--define=__dirname="/musakone"',
    '--define=__filename="/musakone/musakone"',
    `--define=MUSAKONE_COMMIT=${JSON.stringify(commit)}`,
    `--define=MUSAKONE_DATE=${JSON.stringify(new Date(epoch * 1000).toISOString().slice(0, 10))}`,
  ])
  console.log(`made ${outfile}`)
}

function git(...args: string[]): string {
  const { exitCode, stdout } = Bun.spawnSync(['git', ...args])
  return exitCode === 0 ? stdout.toString().trim() : ''
}

/** What the command prints; its complaints go to the terminal. */
function run(command: string, args: readonly string[]): string {
  const { exitCode, stdout } = Bun.spawnSync([command, ...args], { stderr: 'inherit' })
  if (exitCode !== 0) fail(`${command} ${args[0]} failed`)
  return stdout.toString()
}

function isTarget(name: string): name is Target {
  return TARGETS.some((target) => target === name)
}

function fail(message: string): never {
  console.error(`build: ${message}`)
  process.exit(1)
}
