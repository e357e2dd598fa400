import { createAccounts } from './accounts/accounts'
import { type Actions, createActions } from './actions/actions'
import { createRecorder } from './actions/recorder'
import { type Analytics, createAnalytics } from './analytics/analytics'
import { type Clock, systemClock } from './clock'
import { openDatabase } from './database/database'
import { createGateway, type Gateway, type GatewayLimits } from './gateway/gateway'
import { createReverseProxy, type ProxyLimits, type ReverseProxy } from './gateway/reverse-proxy'
import { createHealth } from './health/health'
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
  log: Log
  clock?: Clock
  limits?: { mopidy?: MopidyLimits; gateway?: GatewayLimits; proxy?: ProxyLimits }
}

/** Everything behind the HTTP surface, opened in order; `close` takes it down in reverse. */
export function openServices({
  databasePath,
  mopidyUrl,
  secret,
  sessionDays,
  log,
  clock = systemClock,
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
    onRevoked(sessionIds) {
      wires.gateway?.closeSessions(sessionIds)
      wires.proxy?.closeSessions(sessionIds)
    },
  })
  const mopidy = createMopidy({
    url: mopidyUrl,
    clock,
    log,
    ...(limits.mopidy && { limits: limits.mopidy }),
  })
  const player = createPlayer({ mopidy, clock })
  const mirror = createMirror({ mopidy, player, clock })
  const recorder = createRecorder({ database, log })
  const actions: Actions = createActions({
    mopidy,
    player,
    recorder,
    clock,
    onCommand: (command) => wires.analytics?.note(command),
  })
  const { settled } = actions
  const analytics = createAnalytics({ database, mopidy, player, settled, clock, log })
  wires.analytics = analytics
  const gateway = createGateway({
    accounts,
    mopidy,
    mirror,
    actions,
    clock,
    log,
    ...(limits.gateway && { limits: limits.gateway }),
    publish: (topic, text) => wires.publish?.(topic, text),
  })
  wires.gateway = gateway
  const proxy = createReverseProxy({
    accounts,
    mopidy,
    mopidyUrl,
    clock,
    ...(limits.proxy && { limits: limits.proxy }),
  })
  wires.proxy = proxy
  const health = createHealth({ mopidy, database })

  return {
    accounts,
    analytics,
    gateway,
    health,
    mirror,
    mopidy,
    proxy,

    /** Where events go: the server that holds the sockets, once it listens. */
    publishThrough(publish: Publish): void {
      wires.publish = publish
    },

    close(): void {
      proxy.close()
      gateway.close()
      analytics.close()
      actions.close()
      recorder.close()
      mopidy.close()
      accounts.close()
      database.close()
    },
  }
}

type Publish = (topic: string, text: string) => unknown
