import { mkdir } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'

/** What one generated file says about itself; `uri` is the name that mopidy-local gives it. */
export type LibraryTrack = {
  file: string
  uri: string
  title: string
  artist: string
  album: string
  albumArtist: string
  trackNo: number
  date: string
  genre: string
  lengthMs: number
}

type Album = {
  folder: string
  title: string
  artist: string
  date: string
  genre: string
  titles: string[]
  artists?: string[]
}

/** Writes tagged Ogg Vorbis files into `folder` and returns their tags; takes a few seconds. */
export async function generateMusicLibrary(
  folder: string,
  count = smallestLibrary,
): Promise<LibraryTrack[]> {
  const tracks = libraryTracks(count)
  const folders = new Set(tracks.map((track) => dirname(join(folder, track.file))))
  await Promise.all([...folders].map((each) => mkdir(each, { recursive: true })))
  await Promise.all([...folders].map((each) => Bun.write(join(each, 'cover.png'), cover)))
  const workers = Math.min(4, cpus().length)
  const perWorker = Math.ceil(tracks.length / workers)
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      const share = tracks.slice(worker * perWorker, (worker + 1) * perWorker)
      for (let start = 0; start < share.length; start += outputsPerProcess) {
        await encode(folder, share.slice(start, start + outputsPerProcess))
      }
    }),
  )
  return tracks
}

/** The tags of a library of `count` tracks, always the same for the same number. */
export function libraryTracks(count = smallestLibrary): LibraryTrack[] {
  const written = albums.flatMap(tracksOf)
  for (let volume = 1; written.length < count; volume += 1)
    written.push(...tracksOf(filler(volume)))
  return written.slice(0, count)
}

const smallestLibrary = 48
const outputsPerProcess = 40
const lengthsInSeconds = [3, 30, 4, 6, 10, 3, 20, 8]

const albums: Album[] = [
  {
    folder: 'kettle-lids',
    title: 'Steam',
    artist: 'The Kettle Lids',
    date: '1998',
    genre: 'Rock',
    titles: ['Boil', 'Whistle', 'Off the Hob', 'Limescale', 'Lid', 'Spout', 'Pour', 'Cold Tea'],
  },
  {
    folder: 'kettle-lids-2',
    title: 'Second Cup',
    artist: 'The Kettle Lids',
    date: '2001-05-14',
    genre: 'Rock',
    titles: ['Saucer', 'Two Sugars', 'Milk First', 'Stir', 'Biscuit', 'Crumbs', 'Refill', 'Rinse'],
  },
  {
    folder: 'Aino Välimäki',
    title: 'Yötön yö',
    artist: 'Aino Välimäki',
    date: '2009',
    genre: 'Folk',
    titles: ['Järvi', 'Äänetön', 'Öljylamppu', 'Kesäyö', 'Sää', 'Hämärä', 'Tähti', 'Pyörä'],
  },
  {
    folder: 'hayashi',
    title: '夜の電車',
    artist: '林あかり',
    date: '2017-11-03',
    genre: 'Jazz',
    titles: ['終電', '雨', '窓', '駅', '橋', '始発', '朝', 'Encore'],
  },
  {
    folder: 'orsted',
    title: 'Nordlys: №1 & “Demos”',
    artist: 'Ørsted Kvartetten',
    date: '1974',
    genre: 'Jazz',
    titles: ['Blå', "Don't Wait", 'Smørrebrød', 'Måne', 'Fjord', 'Gå', 'Havn', 'Over Åen'],
  },
  {
    folder: 'compilation',
    title: 'Office Party',
    artist: 'Various Artists',
    date: '2020',
    genre: 'Pop',
    titles: ['Hello', 'Lift', 'Printer', 'Boil', 'Friday', 'Badge', 'Late Bus', 'Goodbye'],
    artists: ['Dub Cellar', 'The Kettle Lids', 'Zoë & Co', 'Ёлка'],
  },
]

// A grey pixel, so that albums have art without another process.
const cover = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)

function filler(volume: number): Album {
  const name = String(volume).padStart(4, '0')
  return {
    folder: `archive/volume-${name}`,
    title: `Archive, Volume ${name}`,
    artist: `Archivist ${volume % 25}`,
    date: String(1950 + (volume % 70)),
    genre: volume % 2 === 0 ? 'Classical' : 'Spoken Word',
    titles: Array.from({ length: 20 }, (_, index) => `Recording ${name}-${index + 1}`),
  }
}

function tracksOf(album: Album): LibraryTrack[] {
  return album.titles.map((title, index) => {
    const file = `${album.folder}/${String(index + 1).padStart(2, '0')}.ogg`
    return {
      file,
      uri: `local:track:${file.split('/').map(encodeURIComponent).join('/')}`,
      title,
      artist: album.artists?.[index % album.artists.length] ?? album.artist,
      album: album.title,
      albumArtist: album.artist,
      trackNo: index + 1,
      date: album.date,
      genre: album.genre,
      lengthMs: (lengthsInSeconds[index % lengthsInSeconds.length] ?? 3) * 1000,
    }
  })
}

async function encode(folder: string, tracks: LibraryTrack[]): Promise<void> {
  if (tracks.length === 0) return
  const longest = Math.max(...tracks.map((track) => track.lengthMs)) / 1000
  const input = `sine=frequency=330:sample_rate=8000:duration=${longest}`
  const ffmpeg = Bun.spawn(
    [
      ...['ffmpeg', '-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', input],
      ...tracks.flatMap((track) => [...outputOptions(track), join(folder, track.file)]),
    ],
    { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' },
  )
  const problems = await new Response(ffmpeg.stderr).text()
  if ((await ffmpeg.exited) !== 0) throw new Error(`ffmpeg could not make music: ${problems}`)
}

function outputOptions(track: LibraryTrack): string[] {
  const tags = {
    title: track.title,
    artist: track.artist,
    album: track.album,
    albumartist: track.albumArtist,
    tracknumber: String(track.trackNo),
    date: track.date,
    genre: track.genre,
  }
  return [
    ...['-map', '0:a', '-t', String(track.lengthMs / 1000), '-c:a', 'libvorbis', '-q:a', '0'],
    ...Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
  ]
}
