import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  executable,
  type RunningExecutable,
  startExecutable,
  temporaryFolder,
} from '../support/executable'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../support/real-mopidy'
import { scannedLibrary } from '../support/scanned-library'
import { until } from '../support/test-musakone'
import { type Nginx, startNginx } from './nginx'

/** What the benchmarks play on: one Mopidy, and nginx before it where it is installed. */
export type Stage = Readonly<{
  mopidy: RealMopidy
  /** Where the files of its library are. */
  mediaDir: string
  nginx: Nginx | undefined
  /** The path of the executable, compiled from the sources as they are. */
  executable: string
  /** Fewer rounds, for a first look. */
  quick: boolean
}>

export type RunningMusakone = RunningExecutable & { readonly loadUrl: string }

/** Opens the stage; undefined when Mopidy is not installed. */
export async function openStage(quick: boolean): Promise<Stage | undefined> {
  if (!hasRealMopidy()) return undefined
  const mopidy = await startRealMopidy({ extraConfig: '[file]\nenabled = true' })
  const { mediaDir } = await scannedLibrary()
  const nginx = await startNginx(mopidy.port)
  return { mopidy, mediaDir, nginx, executable: executable(), quick }
}

export async function closeStage({ mopidy, nginx }: Stage): Promise<void> {
  await nginx?.stop()
  await mopidy.stop()
}

/** The variables of an executable that is before the stage's Mopidy, with data of its own. */
export function variablesFor({ mopidy }: Stage): Record<string, string> {
  const data = join(temporaryFolder(), 'data')
  mkdirSync(data, { mode: 0o700 })
  // The load's clients are all one user.
  return {
    DATABASE_PATH: join(data, 'musakone.db'),
    MOPIDY_URL: mopidy.url,
    MAX_SOCKETS_PER_USER: '6000',
  }
}

/** Starts the executable; resolves when it has reached Mopidy. */
export async function startMusakone(stage: Stage): Promise<RunningMusakone> {
  const running = await startExecutable(variablesFor(stage))
  await until(async () => {
    const health = await fetch(`${running.origin}/health`)
    return ((await health.json()) as { status: string }).status === 'ok'
  }, 'Mopidy to be online')
  const token = await running.logIn()
  return { ...running, loadUrl: `${running.socketUrl}?token=${token}` }
}
