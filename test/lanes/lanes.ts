/** A group of test files that run under the same conditions. */
export type Lane = Readonly<{
  name: string
  /** What its files have in common, for `--help`. */
  about: string
  /** Globs, of paths from the repository's root. The first lane of the table that fits has a file. */
  files: readonly string[]
  /** How many of its files may run at once; as many as there are workers, if not given. */
  atOnce?: number
  /** Runs when all other lanes have ended, with nothing beside it. */
  alone?: boolean
  /** Runs in CI, with `--appliance` or `--full`, or when its path is named. */
  onRequest?: boolean
}>

/**
 * In the order in which their files start. Within a lane its globs are in that order too: those that take
 * longest first, so that none is left over when the others have ended.
 */
export const LANES: readonly Lane[] = [
  {
    name: 'appliance',
    about: 'a booted Debian, an emulated ARM, a container: needs root and some minutes',
    files: ['test/appliance/life.test.ts', 'test/appliance/**'],
    atOnce: 1,
    onRequest: true,
  },
  {
    name: 'alone',
    about: 'measures time, load or memory, so nothing else may run',
    files: [
      'test/accounts/door/login-crowd.test.ts',
      'test/accounts/door/login-timing.test.ts',
      'test/fuzz/insider.test.ts',
      'test/database/locked.test.ts',
      'test/gateway/relay/budgets-memory.test.ts',
      'test/gateway/sockets/load*.test.ts',
      'test/mopidy/connection/upstream-huge.test.ts',
      'test/mopidy/connection/upstream-reconnects.test.ts',
    ],
    alone: true,
  },
  {
    name: 'mopidy',
    // A Mopidy a file: it is there after 0.6 s of a core, and only a new one has no history and begins
    // to count at 1.
    about: 'talks to a real Mopidy, and waits for its music',
    files: [
      'test/mopidy/mirror/mirror-random.test.ts',
      'test/clients/*.test.ts',
      'test/conformance/real.test.ts',
      'test/conformance/through-musakone.test.ts',
      'test/cli/relay.test.ts',
      'test/gateway/proxy/reverse-proxy-real.test.ts',
      'test/listening/real-listening.test.ts',
      'test/mopidy/calls/call-real.test.ts',
      'test/mopidy/connection/upstream-frozen-real.test.ts',
    ],
    atOnce: 2,
  },
  {
    name: 'browser',
    about: 'opens pages in Chromium',
    files: [
      'test/web/page/**',
      'test/http/headers.test.ts',
      'test/gateway/origin/stranger.test.ts',
    ],
    atOnce: 2,
  },
  {
    name: 'rest',
    about: 'everything else',
    files: ['test/listening/simulator/**', 'test/cli/**', 'test/**'],
  },
]
