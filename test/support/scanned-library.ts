import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { generateMusicLibrary, type LibraryTrack, libraryTracks } from './music-library'

/** A library on disk that mopidy-local has scanned; shared between runs, so only to be read. */
export type ScannedLibrary = {
  mediaDir: string
  /** What `local scan` wrote: to be copied to `<data_dir>/local` of each Mopidy. */
  localDataDir: string
  /** GStreamer's list of plugins, which takes a second to make. */
  gstRegistry: string
  tracks: LibraryTrack[]
}

/** Generates and scans a library of `count` tracks, or finds the one that an earlier run left. */
export async function scannedLibrary(count?: number): Promise<ScannedLibrary> {
  const tracks = libraryTracks(count)
  const folder = join(tmpdir(), `musakone-test-library-${userInfo().uid}-${contentKey(tracks)}`)
  if (!(await isWhole(folder, tracks))) await build(folder, tracks)
  return placesIn(folder, tracks)
}

/** The environment of a Mopidy that leaves the user's own folders alone. */
export function mopidyEnvironment(home: string, gstRegistry: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: home,
    GST_REGISTRY: gstRegistry,
    LC_ALL: 'C.UTF-8',
  }
}

// Part of the key: to be raised when the sound or the way of scanning changes.
const generation = 1

function contentKey(tracks: LibraryTrack[]): string {
  const content = JSON.stringify([generation, tracks])
  return new Bun.CryptoHasher('sha256').update(content).digest('hex').slice(0, 16)
}

function placesIn(folder: string, tracks: LibraryTrack[]): ScannedLibrary {
  return {
    mediaDir: join(folder, 'media'),
    localDataDir: join(folder, 'data/local'),
    gstRegistry: join(folder, 'gst-registry.bin'),
    tracks,
  }
}

async function isWhole(folder: string, tracks: LibraryTrack[]): Promise<boolean> {
  const owner = await lstat(folder).catch(() => undefined)
  if (!owner?.isDirectory() || owner.uid !== userInfo().uid) return false
  const { mediaDir, localDataDir } = placesIn(folder, tracks)
  const files = [
    join(localDataDir, 'library.db'),
    ...tracks.map(({ file }) => join(mediaDir, file)),
  ]
  // Folders in /tmp lose old files one by one, so each of them is looked at.
  const present = await Promise.all(files.map((file) => Bun.file(file).exists()))
  return present.every(Boolean)
}

async function build(folder: string, tracks: LibraryTrack[]): Promise<void> {
  const draft = await mkdtemp(`${folder}-draft-`)
  const { mediaDir, gstRegistry } = placesIn(draft, tracks)
  await mkdir(mediaDir, { recursive: true })
  await generateMusicLibrary(mediaDir, tracks.length)
  await scan(draft, mediaDir, gstRegistry)
  await publish(draft, folder, tracks)
}

/** Moves the draft into place, unless another run has put its own, equal, library there. */
async function publish(draft: string, folder: string, tracks: LibraryTrack[]): Promise<void> {
  if (!(await isWhole(folder, tracks))) await rm(folder, { recursive: true, force: true })
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }))
}

async function scan(folder: string, mediaDir: string, gstRegistry: string): Promise<void> {
  const configFile = join(folder, 'scan.conf')
  await Bun.write(
    configFile,
    [
      ...['[core]', `cache_dir = ${folder}/cache`, `config_dir = ${folder}/config`],
      ...[`data_dir = ${folder}/data`, '[logging]', 'color = false'],
      ...['[local]', `media_dir = ${mediaDir}`, ''],
    ].join('\n'),
  )
  const scanner = Bun.spawn(['mopidy', '--config', configFile, 'local', 'scan'], {
    env: mopidyEnvironment(folder, gstRegistry),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    timeout: 120_000,
  })
  const log = await new Response(scanner.stderr).text()
  if ((await scanner.exited) !== 0) throw new Error(`mopidy local scan failed:\n${log}`)
}
