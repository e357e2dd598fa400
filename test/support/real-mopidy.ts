import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LibraryTrack } from './music-library'
import { mopidyEnvironment, scannedLibrary } from './scanned-library'

export type RealMopidyOptions = {
  port?: number
  /** How many tracks its library has; 48 when not given. */
  libraryTracks?: number
  /** Sections of mopidy.conf that win over the ones written here. */
  extraConfig?: string
  /** Keeps tracklist, modes, volume and history over a restart. */
  restoreState?: boolean
  /** Variables of its environment, beside those it needs. */
  environment?: Record<string, string>
}

export type RealMopidy = {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly tracks: LibraryTrack[]
  /** Everything it has logged, restarts included. */
  log(): string
  /** Stops the process where it stands: it keeps its sockets and answers nothing. */
  freeze(): void
  thaw(): void
  /** Kills it with -9 and waits until it is gone; restart() brings it back. */
  kill(): Promise<void>
  /** Ends it properly if it runs, and starts it again on the same port and folders. */
  restart(): Promise<void>
  /** Ends it and removes its folders. */
  stop(): Promise<void>
}

/** Whether Mopidy, mopidy-local and ffmpeg are there; where CI is set their absence is an error. */
export function hasRealMopidy(): boolean {
  installed ??= findMopidy()
  if (!installed && process.env.CI) {
    throw new Error('CI needs mopidy, mopidy-local and ffmpeg, and one of them is missing')
  }
  return installed
}

/** Starts a Mopidy with folders, a port and a library of its own; resolves when it answers. */
export async function startRealMopidy(options: RealMopidyOptions = {}): Promise<RealMopidy> {
  const library = await scannedLibrary(options.libraryTracks)
  const home = await mkdtemp(join(tmpdir(), 'musakone-mopidy-'))
  homes.add(home)
  const logFile = join(home, 'mopidy.log')
  const log = () => readFileSync(logFile, 'utf8')
  const failure = (port: number) =>
    new Error(`Mopidy did not answer on port ${port}; the end of its log:\n${tailOf(log())}`)
  let port = 0
  let child: Bun.Subprocess

  async function start(onPort: number) {
    port = onPort
    const config = configuration({ home, port, mediaDir: library.mediaDir, options })
    await Bun.write(join(home, 'mopidy.conf'), config)
    const logged = log().length
    child = launch(home, logFile, {
      ...mopidyEnvironment(home, library.gstRegistry),
      ...options.environment,
    })
    const outcome = await readiness(child, port, () => log().slice(logged))
    if (outcome !== 'ready') await end(child, 'SIGKILL')
    return outcome
  }

  async function stop() {
    await end(child, 'SIGKILL')
    await rm(home, { recursive: true, force: true })
    homes.delete(home)
  }

  for (const folder of ['cache', 'config', 'playlists']) await mkdir(join(home, folder))
  await cp(library.localDataDir, join(home, 'data/local'), { recursive: true })
  await Bun.write(join(home, 'extra.conf'), `${options.extraConfig ?? ''}\n`)
  await Bun.write(logFile, '')
  let outcome = await start(options.port ?? freePort())
  // Somebody else may take a free port before Mopidy does.
  for (let again = 2; outcome === 'port taken' && !options.port && again > 0; again -= 1) {
    outcome = await start(freePort())
  }
  if (outcome !== 'ready') {
    const error = failure(port)
    await stop()
    throw error
  }

  return {
    get url() {
      return `ws://127.0.0.1:${port}/mopidy/ws`
    },
    get port() {
      return port
    },
    get pid() {
      return child.pid
    },
    tracks: library.tracks,
    log,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill: () => end(child, 'SIGKILL'),
    async restart() {
      await end(child, 'SIGTERM')
      if ((await start(port)) !== 'ready') throw failure(port)
    },
    stop,
  }
}

let installed: boolean | undefined
const children = new Set<Bun.Subprocess>()
const homes = new Set<string>()

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

function findMopidy(): boolean {
  const mopidy = Bun.which('mopidy')
  if (!mopidy || !Bun.which('ffmpeg')) return false
  const python = /^#!(\S+)/.exec(readFileSync(mopidy, 'utf8'))?.[1] ?? 'python3'
  const question = 'import importlib.util as u; exit(u.find_spec("mopidy_local") is None)'
  return Bun.spawnSync([python, '-c', question]).exitCode === 0
}

function configuration(places: {
  home: string
  port: number
  mediaDir: string
  options: RealMopidyOptions
}): string {
  const { home, port, mediaDir, options } = places
  return `[core]
cache_dir = ${home}/cache
config_dir = ${home}/config
data_dir = ${home}/data
restore_state = ${options.restoreState ?? false}
[logging]
color = false
[audio]
mixer = software
output = fakesink sync=true
[http]
enabled = true
hostname = 127.0.0.1
port = ${port}
zeroconf =
[local]
enabled = true
media_dir = ${mediaDir}
[m3u]
playlists_dir = ${home}/playlists
base_dir = ${home}/playlists
[file]
enabled = false
[mpd]
enabled = false
`
}

function launch(home: string, logFile: string, env: Record<string, string>): Bun.Subprocess {
  // The kernel ends Mopidy with the test process, even when that is killed with -9.
  const tied = Bun.which('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--'] : []
  const output = openSync(logFile, 'a')
  const child = Bun.spawn(
    [...tied, 'mopidy', '--config', `${home}/mopidy.conf:${home}/extra.conf`],
    { env, stdin: 'ignore', stdout: output, stderr: output },
  )
  closeSync(output)
  children.add(child)
  child.exited.then(() => children.delete(child))
  return child
}

/** Asks until Mopidy answers a call, has failed, or half a minute has gone by. */
async function readiness(
  child: Bun.Subprocess,
  port: number,
  log: () => string,
): Promise<'ready' | 'port taken' | 'failed'> {
  const deadline = Date.now() + 30_000
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    if (log().includes('Address already in use')) return 'port taken'
    // The HTTP server is up before the saved state is restored, the main loop after it.
    if (log().includes('Starting GLib mainloop') && (await answers(port))) return 'ready'
    await Bun.sleep(20)
  }
  return 'failed'
}

async function answers(port: number): Promise<boolean> {
  const request = fetch(`http://127.0.0.1:${port}/mopidy/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"core.playback.get_state"}',
    signal: AbortSignal.timeout(2_000),
  })
  return request.then(
    ({ ok }) => ok,
    () => false,
  )
}

/** Sends the signal and waits for the end; a process that does not obey is killed. */
async function end(child: Bun.Subprocess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  child.kill(signal)
  if (signal === 'SIGTERM') child.kill('SIGCONT')
  const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await child.exited
  clearTimeout(patience)
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}

function tailOf(log: string): string {
  return log.split('\n').slice(-40).join('\n')
}
