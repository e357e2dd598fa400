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

// Bun 1.4.5 for x64 is a baseline build, which runs on any CPU since 2008 (SSE 4.2).
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

// The folders in a Debian package must be readable for all users.
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
    // Runs the sources, since this machine may not be able to run the executable.
    printed: (...args) => run(process.execPath, ['src/main.ts', ...args]),
  })
  console.log(`made ${into}/${file}`)
  return file
}

function compile(outfile: string, target?: Target): void {
  run(process.execPath, [
    'build',
    'src/main.ts',
    // The file of a worker thread is an entry of its own.
    'src/actions/recorder/recorder-thread.ts',
    '--compile',
    ...(target === undefined ? [] : [`--target=bun-${target}`]),
    `--outfile=${outfile}`,
    // Saves the parsing at each start.
    '--bytecode',
    // Not --minify: it renames identifiers, and Elysia reads the source text of handlers.
    '--minify-whitespace',
    '--minify-syntax',
    // A .env or bunfig.toml in the working directory must not change what the executable does.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    // Otherwise packages that read their own folder see that of the machine that builds.
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

/** The standard output of the command; its standard error goes to the terminal. */
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
