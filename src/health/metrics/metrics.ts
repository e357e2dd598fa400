import type { Metric, Registry } from 'prom-client'
import type { Gateway } from '../../gateway/gateway'
import { BUDGET_NAMES } from '../../gateway/relay/budgets'
import type { Mopidy } from '../../mopidy/mopidy'
import { commit, version } from '../../version'
import type { Durations } from './durations'
import type { Measures } from './measures'
import { processFigures } from './process-figures'

export type Metrics = ReturnType<typeof createMetrics>
type MetricsOptions = {
  measures: Measures
  mopidy: Mopidy
  gateway: Gateway
  recorder: { waiting(): number; dropped(): number }
  listening: { uncounted(): number }
}

type Labels = Readonly<Record<string, string>>
type Sample = Readonly<{ labels?: Labels; value: number }>
type Read = () => readonly Sample[]
type Series = () => readonly Readonly<{ labels: Labels; durations: Durations }>[]

/** The measures of the service in the text format of Prometheus. */
export function createMetrics(options: MetricsOptions) {
  const startedAt = Date.now() / 1_000
  let registry: Promise<Registry> | undefined

  return {
    /** The metrics as text, and its content type. */
    async render(): Promise<{ text: string; contentType: string }> {
      // prom-client loads at the first request, since most boxes have no Prometheus.
      registry ??= register(options, startedAt)
      const { contentType } = await registry
      return { text: await (await registry).metrics(), contentType }
    },
  }
}

async function register(options: MetricsOptions, startedAt: number): Promise<Registry> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]

  function counter(name: string, help: string, labelNames: readonly string[], read: Read): void {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const { labels = {}, value } of read()) this.inc(labels, value)
      },
    })
  }
  function gauge(name: string, help: string, labelNames: readonly string[], read: Read): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const { labels = {}, value } of read()) this.set(labels, value)
      },
    })
  }
  // A registry needs only these members of a metric; prom-client's types admit its own classes alone.
  const histogram = (name: string, help: string, read: Series) =>
    registry.registerMetric({
      name,
      help,
      get: async () => ({ name, help, type: 'histogram', values: samplesOf(name, read) }),
    } as unknown as Metric)

  describeService(options, startedAt, gauge)
  describeTraffic(options, counter, gauge, histogram)
  describeProcess(startedAt, counter, gauge)
  return registry
}

type Describe = (name: string, help: string, labelNames: readonly string[], read: Read) => void
type DescribeDurations = (name: string, help: string, read: Series) => void

function describeService({ mopidy }: MetricsOptions, startedAt: number, gauge: Describe): void {
  gauge('musakone_info', 'The version that runs.', ['version', 'commit'], () => [
    { labels: { version, commit }, value: 1 },
  ])
  gauge('musakone_uptime_seconds', 'Since the service started.', [], () => [
    { value: Date.now() / 1_000 - startedAt },
  ])
  gauge('musakone_mopidy_online', 'Whether Mopidy answers.', [], () => [
    { value: mopidy.status().online ? 1 : 0 },
  ])
  gauge('musakone_mopidy_info', 'The version of Mopidy, once it is known.', ['version'], () => {
    const { version } = mopidy.status()
    return version === undefined ? [] : [{ labels: { version }, value: 1 }]
  })
}

function describeTraffic(
  { measures, gateway, recorder, listening }: MetricsOptions,
  counter: Describe,
  gauge: Describe,
  histogram: DescribeDurations,
): void {
  const { requests, requestTimes, logins, callTimes, lag } = measures
  const requestLabels = ['method', 'route', 'status']
  counter('musakone_http_requests_total', 'HTTP requests answered.', requestLabels, () =>
    [...requests.values()].map(({ labels, count }) => ({ labels, value: count })),
  )
  histogram('musakone_http_request_duration_seconds', 'From request to answer.', () =>
    [...requestTimes].map(([route, durations]) => ({ labels: { route }, durations })),
  )
  counter('musakone_logins_total', 'Tries to log in with a password.', ['outcome'], () =>
    Object.entries(logins).map(([outcome, value]) => ({ labels: { outcome }, value })),
  )
  gauge('musakone_sockets', 'Open WebSockets.', ['dialect'], () => {
    const open = gateway.dialects()
    const clients = Object.values(open).reduce((sum, value) => sum + value, 0)
    // The sockets of Mopidy's web clients take seats too, but are no clients of the gateway.
    const all = { ...open, web_client: Math.max(0, gateway.seats.taken() - clients) }
    return Object.entries(all).map(([dialect, value]) => ({ labels: { dialect }, value }))
  })
  const budgetHelp = 'Times that a budget, of what can be used up, held somebody back.'
  counter('musakone_budget_refusals_total', budgetHelp, ['budget'], () =>
    BUDGET_NAMES.map((budget) => ({
      labels: { budget },
      value: gateway.budgets.refusals().get(budget) ?? 0,
    })),
  )
  counter('musakone_reads_total', 'Reads of what Mopidy plays.', ['answered_by'], () =>
    Object.entries(measures.reads()).map(([answered_by, value]) => ({
      labels: { answered_by },
      value,
    })),
  )
  const callHelp =
    'From a call to its answer: from memory (one in 64 is timed), by Mopidy (one in 4), by its library.'
  histogram('musakone_call_duration_seconds', callHelp, () =>
    Object.entries(callTimes).map(([kind, durations]) => ({ labels: { kind }, durations })),
  )
  gauge('musakone_actions_waiting', 'Actions that wait to be written.', [], () => [
    { value: recorder.waiting() },
  ])
  counter('musakone_actions_dropped_total', 'Actions that a full disk has cost.', [], () => [
    { value: recorder.dropped() },
  ])
  counter('musakone_plays_uncounted_total', 'Plays that no statistics count.', [], () => [
    { value: listening.uncounted() },
  ])
  histogram('musakone_event_loop_lag_seconds', 'How late a timer comes, once a second.', () => [
    { labels: {}, durations: lag },
  ])
}

// prom-client's default metrics start a timer that fires a hundred times a second, and are named for Node.
function describeProcess(startedAt: number, counter: Describe, gauge: Describe): void {
  const one = (value: number | undefined) => (value === undefined ? [] : [{ value }])
  counter('process_cpu_seconds_total', 'Processor time used.', [], () =>
    one(processFigures()?.cpuSeconds),
  )
  gauge('process_resident_memory_bytes', 'Memory in use.', [], () =>
    one(processFigures()?.residentBytes),
  )
  gauge('process_open_fds', 'Open file descriptors.', [], () =>
    one(processFigures()?.openDescriptors),
  )
  gauge('process_max_fds', 'How many there may be.', [], () =>
    one(processFigures()?.mostDescriptors),
  )
  gauge('process_start_time_seconds', 'When it started, in Unix seconds.', [], () => [
    { value: startedAt },
  ])
}

function samplesOf(name: string, read: Series) {
  return read().flatMap(({ labels, durations }) => {
    const { upTo, count, sum } = durations.read()
    const buckets = [...durations.ends.map(String), '+Inf'].map((le, index) => ({
      labels: { le, ...labels },
      value: upTo[index] ?? count,
      metricName: `${name}_bucket`,
    }))
    return [
      ...buckets,
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ]
  })
}
