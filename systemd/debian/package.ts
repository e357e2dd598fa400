import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

export type Architecture = 'amd64' | 'arm64'
export type PackageOptions = {
  executable: string
  architecture: Architecture
  version: string
  /** The modification time of all files in the package, in Unix seconds. */
  epoch: number
  /** Compresses less, which takes seconds instead of minutes. */
  quick: boolean
  /** Runs this version with the arguments and returns its output, such as the manual page. */
  printed(...args: string[]): string
}

const SYSTEMD = dirname(import.meta.dir)
const MAINTAINER = 'The Musakone authors <musakone@noreply.musakone.net>'
const CONFFILES = ['/etc/musakone/musakone.env', '/etc/avahi/services/musakone.service']

/** Makes `musakone_<version>_<architecture>.deb` in the folder; returns its name. */
export function makePackage(folder: string, options: PackageOptions): string {
  const { architecture, version, quick, epoch } = options
  const root = join(folder, `.package-${architecture}`)
  const file = `musakone_${version}_${architecture}.deb`
  rmSync(root, { recursive: true, force: true })
  try {
    fill(root, options)
    const { exitCode, stderr } = Bun.spawnSync(
      [
        'dpkg-deb',
        '--root-owner-group',
        ...(quick ? ['-Zgzip', '-z1'] : ['-Zxz']),
        '--build',
        root,
        join(folder, file),
      ],
      { env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) } },
    )
    if (exitCode !== 0) throw new Error(`dpkg-deb failed: ${stderr}`)
    return file
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function fill(root: string, options: PackageOptions): void {
  const { executable, version, epoch, printed } = options
  const put = (path: string, content: string | Uint8Array, mode = 0o644) => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    chmodSync(file, mode)
  }
  const copy = (source: string, path: string, mode?: number) =>
    put(path, readFileSync(source), mode)
  const packed = (path: string, text: string) => put(path, gzip(text))

  copy(executable, 'usr/bin/musakone', 0o755)
  for (const unit of ['musakone.service', 'musakone-backup.service', 'musakone-backup.timer'])
    copy(join(SYSTEMD, unit), `lib/systemd/system/${unit}`)
  copy(join(SYSTEMD, 'musakone.env'), 'etc/musakone/musakone.env', 0o640)
  copy(join(SYSTEMD, 'avahi-musakone.xml'), 'etc/avahi/services/musakone.service')
  packed('usr/share/man/man1/musakone.1.gz', printed('man'))
  put('usr/share/bash-completion/completions/musakone', printed('completion', 'bash'))
  put('usr/share/zsh/vendor-completions/_musakone', printed('completion', 'zsh'))
  put('usr/share/fish/vendor_completions.d/musakone.fish', printed('completion', 'fish'))
  copy(join(SYSTEMD, '../LICENSE'), 'usr/share/doc/musakone/copyright')
  packed('usr/share/doc/musakone/changelog.gz', changelog(version, epoch))
  copy(join(import.meta.dir, 'lintian-overrides'), 'usr/share/lintian/overrides/musakone')

  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
  const sums = files.map((file) => `${md5(join(root, file))}  ${file}\n`).join('')
  put('DEBIAN/md5sums', sums)
  put('DEBIAN/conffiles', CONFFILES.map((file) => `${file}\n`).join(''))
  const bytes = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0)
  put('DEBIAN/control', control(options, Math.ceil(bytes / 1024)))
  for (const script of ['preinst', 'postinst', 'prerm', 'postrm'])
    copy(join(import.meta.dir, script), `DEBIAN/${script}`, 0o755)
}

function control({ architecture, version }: PackageOptions, kilobytes: number): string {
  return `Package: musakone
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Section: sound
Priority: optional
Depends: adduser, init-system-helpers (>= 1.54), libc6 (>= 2.28)
Recommends: mopidy
Suggests: avahi-daemon
Description: front door of a shared Mopidy box
 Mopidy plays music for a room and has no accounts: whoever reaches it can do
 anything, and nobody knows who did it. Musakone stands before it. People log
 in, control the music with the clients that they know, and can see afterwards
 what they did and what was heard.
`
}

// Debian requires this format of a package that has no other source.
function changelog(version: string, epoch: number): string {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')
  return `musakone (${version}) unstable; urgency=medium\n\n  * See /usr/share/doc/musakone or the project's page for what has changed.\n\n -- ${MAINTAINER}  ${date}\n`
}

function gzip(text: string): Uint8Array {
  return Bun.gzipSync(Buffer.from(text), { level: 9 })
}

function md5(file: string): string {
  const hash = new Bun.CryptoHasher('md5')
  hash.update(readFileSync(file))
  return hash.digest('hex')
}
