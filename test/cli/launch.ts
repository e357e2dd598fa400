import type { Subprocess } from 'bun'
import { executable, startExecutable, temporaryFolder } from '../support/executable'

const launched = new Set<Subprocess>()

/** Starts the executable; resolves when its log names its port. `endAll` ends what a failed test leaves. */
export async function start(...options: Parameters<typeof startExecutable>) {
  const running = await startExecutable(...options)
  launched.add(running.child)
  return running
}

/** Starts the executable, or a command that replaces itself with it, and does not wait. */
export function launch(
  variables: Record<string, string>,
  { cwd = temporaryFolder(), shell = '' } = {},
) {
  const command = shell === '' ? [executable()] : ['sh', '-c', `${shell}; exec "$0"`, executable()]
  const child = Bun.spawn(command, {
    cwd,
    env: { PORT: '0', NODE_ENV: 'development', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  launched.add(child)
  return child
}

/** For `afterAll`: `bun test` emits no `exit` event at which running processes could be ended. */
export function endAll(): void {
  for (const child of launched) child.kill('SIGKILL')
  launched.clear()
}
