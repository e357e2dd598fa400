import { type Finding, note, ok, wrong } from '../../health/findings/finding'

const FIRST_YEAR = 2025
const LAST_YEAR = 2100

/** Whether the year is plausible, and whether systemd keeps the clock right over the network. */
export async function checkClock(now: Date, run = runCommand): Promise<Finding> {
  const check = 'clock'
  const said = `It is ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const year = now.getUTCFullYear()
  if (year < FIRST_YEAR || year > LAST_YEAR)
    return wrong(check, `${said}, which cannot be.`, 'set the clock: timedatectl set-ntp true')
  const synchronised = await run(['timedatectl', 'show', '--property=NTPSynchronized', '--value'])
  if (synchronised === 'yes') return ok(check, `${said}, kept right over the network.`)
  if (synchronised === 'no')
    return note(
      check,
      `${said}, but nothing keeps it right over the network.`,
      'timedatectl set-ntp true',
    )
  return ok(check, `${said}; without systemd it cannot be told what keeps it right.`)
}

/** The output of a program, trimmed; undefined when it is not installed, fails or takes over 3 seconds. */
async function runCommand(command: readonly string[]): Promise<string | undefined> {
  try {
    const child = Bun.spawn([...command], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
      timeout: 3_000,
    })
    const [text, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited])
    return exitCode === 0 ? text.trim() : undefined
  } catch {
    return undefined
  }
}
