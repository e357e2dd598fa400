import { methodNamed, methods } from '../../src/mopidy/methods'
import type { Figure } from './figure'
import { type Load, type RoundResult, startLoad, type Target } from './load'
import { type RunningMusakone, type Stage, startMusakone } from './stage'
import { median } from './statistics'

export type TargetName = 'direct' | 'nginx' | 'musakone' | 'musakone, own dialect'

/**
 * Opens so many sockets to each target, from one load process, and closes everything afterwards:
 * Mopidy itself, nginx before it where it is installed, Musakone in either dialect.
 */
export async function withTargets(
  stage: Stage,
  clients: number,
  measure: (names: TargetName[], load: Load, musakone: RunningMusakone) => Promise<Figure[]>,
  { withNginx = true } = {},
): Promise<Figure[]> {
  const musakone = await startMusakone(stage)
  const load = startLoad()
  const names: TargetName[] = []
  const open = async (name: TargetName, url: string, dialect: 'json-rpc' | 'own' = 'json-rpc') => {
    await load.open(name, { url, dialect }, clients)
    names.push(name)
  }
  try {
    await open('direct', stage.mopidy.url)
    if (withNginx && stage.nginx !== undefined) await open('nginx', stage.nginx.url)
    await open('musakone', musakone.loadUrl)
    await open('musakone, own dialect', musakone.loadUrl, 'own')
    return await measure(names, load, musakone)
  } finally {
    await load.stop()
    await musakone.stop()
  }
}

export type Targets = Readonly<Record<'direct' | 'musakone' | 'musakone, own dialect', Target>>

export const TARGETS = ['direct', 'musakone', 'musakone, own dialect'] as const

/** Where more sockets than `withTargets` opens go to. */
export function targetsOf(stage: Stage, { loadUrl }: RunningMusakone): Targets {
  return {
    direct: { url: stage.mopidy.url, dialect: 'json-rpc' },
    musakone: { url: loadUrl, dialect: 'json-rpc' },
    'musakone, own dialect': { url: loadUrl, dialect: 'own' },
  }
}

/** A read's name, and what answers it: Musakone's table of methods says which answers are kept. */
export function readNamed(method: string): string {
  const name = methodNamed(method)
  const isKept = name !== undefined && methods[name].keptWith !== undefined
  return `${method.replace(/^core\.\w+\./, '')} (${isKept ? 'from memory' : 'relayed'})`
}

/** The numbers themselves: the median of the rounds' medians, with their tail in the note. */
export function timesOf(name: string, rounds: readonly RoundResult[]): Figure {
  const of = (key: 'median' | 'mean' | 'p95' | 'p99') => rounds.map(({ times }) => times[key])
  const calls = rounds.reduce((sum, { times }) => sum + times.count, 0)
  const tail = `mean ${ms(of('mean'))}, p95 ${ms(of('p95'))}, p99 ${ms(of('p99'))}`
  return { name, value: median(of('median')), unit: 'ms', note: `${tail}; ${calls} calls` }
}

const ms = (values: readonly number[]) => median(values).toFixed(3)
