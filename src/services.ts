import { type AccountsOptions, createAccounts } from './accounts/accounts'
import type { RegistrationLimits } from './accounts/invites/registration-rate'
import type { HashingCost } from './accounts/passwords/passwords'
import type { ThrottleLimits } from './accounts/passwords/throttle'
import { type Actions, createActions } from './actions/actions'
import { createIncognito } from './actions/incognito'
import { createRecorder } from './actions/recorder/recorder'
import { type Analytics, createAnalytics } from './analytics/analytics'
import { type Clock, systemClock } from './clock'
import type { RegistrationPolicy } from './config'
import { createBackups } from './database/backup/backups'
import { openDatabase } from './database/database'
import { createGateway, type Gateway, type GatewayLimits } from './gateway/gateway'
import {
  createReverseProxy,
  type ProxyLimits,
  type ReverseProxy,
} from './gateway/proxy/reverse-proxy'
import { createBox } from './health/box/box'
import { createHealth } from './health/health'
import { createMeasures } from './health/metrics/measures'
import { createMetrics } from './health/metrics/metrics'
import { createClientAddress } from './http/client-address'
import { createQueuers } from './listening/queuers'
import type { Log } from './log'
import { createMirror } from './mopidy/mirror'
import { createMopidy, type MopidyLimits } from './mopidy/mopidy'
import { createPlayer } from './mopidy/player'

export type Services = ReturnType<typeof openServices>
export type ServicesOptions = {
  databasePath: string
  mopidyUrl: string
  secret: string
  sessionDays: number
  /** Days that actions and plays are kept; 0, if not given, for ever. */
  historyDays?: number
  registration?: RegistrationPolicy
  proxyLogin?: AccountsOptions['proxyLogin']
  /** Addresses and CIDRs of proxies whose word counts. */
  trustedProxies?: readonly string[]
  log: Log
  clock?: Clock
  hashingCost?: HashingCost
  limits?: {
    mopidy?: MopidyLimits
    gateway?: GatewayLimits
    proxy?: ProxyLimits
    throttle?: ThrottleLimits
    registration?: RegistrationLimits
  }
}

/** Everything behind the HTTP surface, opened in order; `close` takes it down in reverse. */
export function openServices({
  databasePath,
  mopidyUrl,
  secret,
  sessionDays,
  historyDays = 0,
  registration,
  proxyLogin,
  trustedProxies = [],
  log,
  clock = systemClock,
  hashingCost,
  limits = {},
}: ServicesOptions) {
  // News that goes upward is wired here: those below call, without knowing whom.
  const wires: {
    gateway?: Gateway
    proxy?: ReverseProxy
    analytics?: Analytics
    publish?: Publish
  } = {}

  const database = openDatabase(databasePath, { exclusive: true })
  const accounts = createAccounts({
    database,
    clock,
    secret,
    sessionDays,
    ...(registration && { registration }),
    proxyLogin,
    ...(hashingCost && { hashingCost }),
    ...(limits.throttle && { throttleLimits: limits.throttle }),
    ...(limits.registration && { registrationLimits: limits.registration }),
    onChanged() {
      wires.gateway?.closeEnded()
      wires.proxy?.closeEnded()
    },
  })
  const measures = createMeasures()
  const mopidy = createMopidy({
    url: mopidyUrl,
    clock,
    log,
    onAnswered: measures.noteCall,
    ...(limits.mopidy && { limits: limits.mopidy }),
  })
  const player = createPlayer({ mopidy, clock })
  const mirror = measures.timing(createMirror({ mopidy, player, clock, onRead: measures.noteRead }))
  const recorder = createRecorder({ database, log })
  const queuers = createQueuers({ database, clock, log })
  const incognito = createIncognito(database)
  const actions: Actions = createActions({
    mopidy,
    player,
    recorder,
    clock,
    incognito,
    onCommand(command) {
      queuers.note(command)
      wires.analytics?.note(command)
    },
  })
  const { settled } = actions
  const analytics = createAnalytics({
    database,
    mopidy,
    player,
    mirror,
    queuers,
    incognito,
    settled,
    clock,
    log,
    historyDays,
    onQueued: (queued) => wires.gateway?.announce('queue_attribution_changed', queued),
  })
  wires.analytics = analytics
  const gateway = createGateway({
    accounts,
    mopidy,
    mirror,
    actions,
    queuers,
    clock,
    log,
    ...(limits.gateway && { limits: limits.gateway }),
    publish: (topic, text) => wires.publish?.(topic, text),
  })
  wires.gateway = gateway
  const clientAddress = createClientAddress(trustedProxies)
  const proxy = createReverseProxy({
    accounts,
    seats: gateway.seats,
    clientAddress,
    mopidy,
    mopidyUrl,
    clock,
    ...(limits.proxy && { limits: limits.proxy }),
  })
  wires.proxy = proxy
  const health = createHealth({ mopidy, database })
  const box = createBox({ accounts, mopidy, mopidyUrl })
  const backups = createBackups({ databasePath, log })
  const metrics = createMetrics({ measures, mopidy, gateway, recorder })

  return {
    accounts,
    analytics,
    backups,
    box,
    clientAddress,
    gateway,
    health,
    measures,
    metrics,
    mirror,
    mopidy,
    proxy,
    queuers,

    /** Where events go: the server that holds the sockets, once it listens. */
    publishThrough(publish: Publish): void {
      wires.publish = publish
    },

    async close(): Promise<void> {
      backups.close()
      measures.close()
      proxy.close()
      gateway.close()
      analytics.close()
      actions.close()
      queuers.close()
      // Whoever is not answered by now has done nothing that could be recorded.
      mopidy.close()
      accounts.close()
      await recorder.close()
      database.close()
    },
  }
}

type Publish = (topic: string, text: string) => unknown
