import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import type { Stage } from './stage'

export type Machine = Readonly<Record<string, string>>

/** What the figures were measured on and with. */
export function machine({ executable, nginx }: Stage): Machine {
  return {
    cpu: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    memory: `${Math.round(totalmem() / 2 ** 20)} MB`,
    kernel: `Linux ${release()} ${process.arch}`,
    system: systemName(),
    bun: Bun.version,
    mopidy: printed('mopidy', '--version').replace('Mopidy ', ''),
    nginx: nginx?.version ?? 'not installed',
    musakone: printed(executable, '--version').replace('musakone ', ''),
    load_before: loadavg()[0]?.toFixed(2) ?? 'unknown',
    date: new Date().toISOString(),
  }
}

function systemName(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))
  return name?.[1] ?? 'unknown'
}

function printed(...command: string[]): string {
  return Bun.spawnSync(command).stdout.toString().trim()
}
