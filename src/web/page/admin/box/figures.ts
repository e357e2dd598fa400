type Sample = { name: string; labels: Record<string, string>; value: number }

/** The metrics that the health page shows. */
export type Figures = {
  sockets: number
  /** Mopidy's answer times in seconds, the median and the 95th percentile; null before the first answer. */
  answers: { half: number; most: number } | null
  reads: { memory: number; all: number }
  /** The event loop's lag, 95th percentile in seconds; null before the first measurement. */
  lag: number | null
  memoryBytes: number | null
  files: number | null
  dropped: number
  waiting: number
  logins: { ok: number; failed: number }
}

/** Fetches `/metrics` and reads the figures from it. */
export async function readFigures(): Promise<Figures> {
  const response = await fetch('/metrics')
  if (!response.ok) throw new Error(String(response.status))
  return figuresIn(await response.text())
}

function figuresIn(text: string): Figures {
  const samples = text.split('\n').flatMap((line) => sampleIn(line) ?? [])
  const sum = (name: string, labels: Record<string, string> = {}) =>
    samples
      .filter((sample) => sample.name === name && fits(sample, labels))
      .reduce((sum, { value }) => sum + value, 0)
  const known = (name: string) => samples.find((sample) => sample.name === name)?.value ?? null
  const calls = bucketsOf(samples, 'musakone_call_duration_seconds', { kind: 'relayed' })
  const half = quantile(calls, 0.5)
  const most = quantile(calls, 0.95)
  const memory = sum('musakone_reads_total', { answered_by: 'memory' })
  return {
    sockets: sum('musakone_sockets'),
    answers: half === null || most === null ? null : { half, most },
    reads: { memory, all: sum('musakone_reads_total') },
    lag: quantile(bucketsOf(samples, 'musakone_event_loop_lag_seconds'), 0.95),
    memoryBytes: known('process_resident_memory_bytes'),
    files: known('process_open_fds'),
    dropped: sum('musakone_actions_dropped_total'),
    waiting: sum('musakone_actions_waiting'),
    logins: {
      ok: sum('musakone_logins_total', { outcome: 'ok' }),
      failed: sum('musakone_logins_total', { outcome: 'failed' }),
    },
  }
}

function sampleIn(line: string): Sample | undefined {
  const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined) return undefined
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [
    key,
    text,
  ])
  return { name, labels: Object.fromEntries(pairs), value: Number(value) }
}

const fits = (sample: Sample, labels: Record<string, string>) =>
  Object.entries(labels).every(([name, value]) => sample.labels[name] === value)

type Bucket = readonly [end: number, count: number]

function bucketsOf(samples: Sample[], name: string, labels: Record<string, string> = {}): Bucket[] {
  return samples
    .filter((sample) => sample.name === `${name}_bucket` && fits(sample, labels))
    .map(({ labels, value }) => [Number((labels.le ?? '').replace('+Inf', 'Infinity')), value])
}

/** The upper end of the bucket in which the quantile falls; null when all buckets are empty. */
function quantile(buckets: readonly Bucket[], part: number): number | null {
  const all = buckets.at(-1)?.[1] ?? 0
  if (all === 0) return null
  const finite = buckets.filter(([end]) => Number.isFinite(end))
  return (finite.find(([, count]) => count >= all * part) ?? finite.at(-1))?.[0] ?? null
}
