import { kept, run } from './tools'

const SUITE = 'bookworm'
const BOX = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'dbus-user-session',
  'curl',
  'mopidy',
  // For the player's sake, whose files are not music of anybody.
  'gstreamer1.0-plugins-base',
]

/** The tree of a Debian that boots, with Mopidy in it; not to be written to. */
export const bootableTree = (): string =>
  kept(`${SUITE}-box-${keyOf(BOX)}`, (folder) => debian(folder, BOX, 'minbase'))

const ARM_LIBRARIES = ['libc6', 'libgcc-s1', 'libstdc++6']

/** The tree of the C libraries of a 64-bit ARM Debian, in which nothing is run. */
export const armLibraries = (): string =>
  kept(`${SUITE}-arm64-${keyOf(ARM_LIBRARIES)}`, (folder) =>
    debian(folder, ARM_LIBRARIES, 'extract', '--architectures=arm64'),
  )

const SLIM = ['passwd']

/** The tree of a small Debian, as the container's base image has it. */
export const slimTree = (): string =>
  kept(`${SUITE}-slim-${keyOf(SLIM)}`, (folder) => debian(folder, SLIM, 'essential'))

function debian(folder: string, packages: string[], variant: string, ...options: string[]): void {
  run([
    'mmdebstrap',
    '--quiet',
    '--mode=root',
    `--variant=${variant}`,
    '--aptopt=APT::Install-Recommends "false"',
    // The archive may be a mirror's, as old as the tests' own packages.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--dpkgopt=force-unsafe-io',
    `--include=${packages.join(',')}`,
    ...options,
    SUITE,
    folder,
    archive(),
  ])
}

/** Where this machine gets its own packages from. */
function archive(): string {
  const format = '$(SITE) $(COMPONENT)'
  const lines = run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const debian = lines.split('\n').find((line) => /\/debian\/? main$/.test(line))
  return debian?.split(' ')[0] ?? 'http://deb.debian.org/debian'
}

const keyOf = (packages: string[]) => Bun.hash.crc32(packages.join()).toString(36)
