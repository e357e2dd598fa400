import type { SourceFile } from './imports'

/** The file that may start a timer which repeats: it does the work guarded. */
const GUARD = 'guard.ts'

/** What a timer that runs once may do without a guard, by file: nothing of it touches the database. */
export const TIMERS_WITHOUT_GUARD: Readonly<Record<string, string>> = {
  'actions/recorder/recorder.ts': 'guards its work itself, which is asynchronous',
  'actions/starts.ts': 'hands an action to the recorder, which keeps it in memory',
  'cli/serve.ts': 'gives memory back, and ends a wait',
  'gateway/proxy/proxied-request.ts': 'ends a request',
  'gateway/proxy/proxied-socket.ts': 'ends a socket',
  'gateway/relay/add-limits.ts': 'ends a wait',
  'gateway/sockets/outbox.ts': 'collects garbage',
  'health/findings/mopidy-check.ts': 'ends a question of a command',
  'listening/plays/mopidy-follower.ts': 'asks Mopidy again, and catches what that throws',
  'listening/queuers.ts': 'writes, guarded',
  'mopidy/connection/connection.ts': 'dials and pings; those whom it tells are guarded',
  'mopidy/connection/correlator.ts': 'answers a call, guarded',
  'mopidy/line/line.ts': 'refuses a call',
  'mopidy/turns.ts': 'refuses a call',
}

/** A sentence for each file outside the page and the demo whose timers do their work without a guard. */
export function bareTimers(
  files: readonly Pick<SourceFile, 'path' | 'text'>[],
  known: Readonly<Record<string, string>> = TIMERS_WITHOUT_GUARD,
): string[] {
  const serving = files.filter(({ path }) => path !== GUARD && !/^(web|demo)\//.test(path))
  const startsOnce = ({ text }: { text: string }) => /\bsetTimeout\(/.test(text)
  const repeating = serving.filter(({ text }) => /\bsetInterval\(/.test(text))
  const once = serving.filter((file) => startsOnce(file) && known[file.path] === undefined)
  const gone = Object.keys(known).filter(
    (path) => !serving.some((file) => file.path === path && startsOnce(file)),
  )
  return [
    ...repeating.map(
      ({ path }) =>
        `src/${path} calls setInterval, where an error would end the process: use \`every\` of src/guard.ts.`,
    ),
    ...once.map(
      ({ path }) =>
        `src/${path} calls setTimeout, where an error would end the process: do the work in \`guarded\` of ` +
        'src/guard.ts, and say in test/layout/timers.ts what it does.',
    ),
    ...gone.map(
      (path) => `test/layout/timers.ts names src/${path}, which starts no timer: remove it.`,
    ),
  ]
}
