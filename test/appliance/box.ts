import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from '../support/end'
import { until } from '../support/test-musakone'
import { bootableTree } from './debian'
import { run } from './tools'

/** What systemd-nspawn exits with when the machine in it wants to be started again. */
const REBOOT = 133
const BOOT_S = 60

export type Box = Awaited<ReturnType<typeof bootBox>>
export type Printed = { exitCode: number; stdout: string; stderr: string }
export type Reply = { status: number; text: string }

/** A Debian with systemd and Mopidy, booted, without a network but its own loopback. */
export async function bootBox() {
  const folder = mkdtempSync('/var/tmp/musakone-box-')
  const root = join(folder, 'root')
  for (const name of ['root', 'changes', 'work']) mkdirSync(join(folder, name))
  const layers = `lowerdir=${bootableTree()},upperdir=${folder}/changes,workdir=${folder}/work`
  run(['mount', '-t', 'overlay', 'musakone-box', '-o', layers, root])
  let nspawn: Bun.Subprocess | undefined
  let leader = 0
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    if (leader !== 0 && nspawn?.exitCode === null) process.kill(leader, 'SIGKILL')
    nspawn?.kill('SIGKILL')
    run(['umount', '--lazy', root])
    run(['rm', '-rf', '--one-file-system', folder])
  }
  atEnd(close)

  async function boot(): Promise<void> {
    const child = Bun.spawn(
      [
        'systemd-nspawn',
        `--directory=${root}`,
        '--boot',
        '--register=no',
        '--keep-unit',
        '--private-network',
        '--console=pipe',
        '--hostname=box',
      ],
      {
        env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
    nspawn = child
    leader = 0
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`systemd-nspawn ended: ${child.exitCode}`)
        leader = childOf(child.pid)
        return (
          leader !== 0 && /^(running|degraded)/.test(shell('systemctl is-system-running').stdout)
        )
      },
      'the box to boot',
      BOOT_S * 1_000,
    )
  }

  /** Runs a command line as root in the box. */
  function shell(line: string): Printed {
    const { exitCode, stdout, stderr } = Bun.spawnSync(
      ['nsenter', `--target=${leader}`, '--all', '--root', '--wd', '/bin/sh', '-c', line],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' } },
    )
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
  }

  await boot()
  return {
    root,
    shell,
    close,

    /** What a command line prints, trimmed. @throws when it fails. */
    does(line: string): string {
      const { exitCode, stdout, stderr } = shell(line)
      if (exitCode !== 0) throw new Error(`${line}: ${exitCode}\n${stdout}${stderr}`)
      return stdout.trim()
    },

    /** Asks the service in the box. */
    ask(path: string, { token = '', body = undefined as unknown } = {}): Reply {
      const options = [
        ...(token === '' ? [] : [`-H 'authorization: Bearer ${token}'`]),
        ...(body === undefined
          ? []
          : [`-H 'content-type: application/json' -d '${JSON.stringify(body)}'`]),
      ]
      const { stdout } = shell(
        `curl -s -m 10 -w '\\n%{http_code}' ${options.join(' ')} 'http://127.0.0.1:3001${path}'`,
      )
      const end = stdout.lastIndexOf('\n')
      return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
    },

    async reboot(): Promise<void> {
      shell('systemctl reboot')
      if ((await nspawn?.exited) !== REBOOT) throw new Error('the box did not reboot')
      await boot()
    },

    /** Everything in the box ends at once, and it is booted again. */
    async cutPower(): Promise<void> {
      process.kill(leader, 'SIGKILL')
      await nspawn?.exited
      await boot()
    },
  }
}

function childOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
  } catch {
    return 0
  }
}
