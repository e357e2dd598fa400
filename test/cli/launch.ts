import type { Subprocess } from 'bun'
import { executable, startExecutable, temporaryFolder } from '../support/executable'

const launched = new Set<Subprocess>()

/** Runs the executable until it says where it listens; `endAll` ends what a failed test left. */
export async function start(...options: Parameters<typeof startExecutable>) {
  const running = await startExecutable(...options)
  launched.add(running.child)
  return running
}

/** Runs the executable, or a command that becomes it, without waiting for anything. */
export function launch(
  variables: Record<string, string>,
  { cwd = temporaryFolder(), shell = '' } = {},
) {
  const command = shell === '' ? [executable()] : ['sh', '-c', `${shell}; exec "$0"`, executable()]
  const child = Bun.spawn(command, {
    cwd,
    env: { PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  launched.add(child)
  return child
}

/** For `afterAll`: `bun test` emits no `exit`, so that nothing else would end what still runs. */
export function endAll(): void {
  for (const child of launched) child.kill('SIGKILL')
  launched.clear()
}
