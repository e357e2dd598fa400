/** What became of a process: what it printed both ways, and how it ended. */
export type Ended = Readonly<{
  printed: string
  exitCode: number | null
  timedOut: boolean
  seconds: number
  /** Of the processor, children included that it has waited for. */
  cpuSeconds: number
}>

export type Running = Readonly<{
  ended: Promise<Ended>
  /** Asks it to end, and kills it and its children if it does not. */
  stop(): void
}>

const TIDYING_MS = 5_000

type ProcessOptions = {
  cwd: string
  env: Record<string, string | undefined>
  timeoutMs: number
}

/** Starts a command in a process group of its own, which is killed with it. */
export function startProcess(command: readonly string[], options: ProcessOptions): Running {
  const { cwd, env, timeoutMs } = options
  const startedAt = performance.now()
  const child = Bun.spawn([...command], {
    cwd,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    detached: true,
  })
  let timedOut = false
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nothing of the group is left.
    }
  }
  const stop = () => {
    child.kill('SIGTERM')
    const force = setTimeout(kill, TIDYING_MS)
    void child.exited.then(() => clearTimeout(force))
  }
  const timer = setTimeout(() => {
    timedOut = true
    stop()
  }, timeoutMs)

  async function end(): Promise<Ended> {
    const texts: string[] = []
    const reading = Promise.all([read(child.stdout, texts), read(child.stderr, texts)])
    const exitCode = await child.exited.then(() => child.exitCode)
    clearTimeout(timer)
    const seconds = (performance.now() - startedAt) / 1_000
    // What it leaves behind would hold its pipes open, and the machine's ports and memory.
    kill()
    await reading
    const { user = 0, system = 0 } = child.resourceUsage()?.cpuTime ?? {}
    const cpuSeconds = Number(user) / 1e6 + Number(system) / 1e6
    return { printed: texts.join(''), exitCode, timedOut, seconds, cpuSeconds }
  }

  return { ended: end(), stop }
}

async function read(stream: ReadableStream<Uint8Array>, texts: string[]): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) texts.push(decoder.decode(chunk, { stream: true }))
}
