import { type AccountsOptions, createAccounts } from './accounts/accounts'
import type { RegistrationLimits } from './accounts/invites/registration-rate'
import type { HashingCost } from './accounts/passwords/passwords'
import type { ThrottleLimits } from './accounts/passwords/throttle'
import type { StillSignedIn } from './accounts/sessions/sessions'
import { createUserNames } from './accounts/users/user-names'
import { type Actions, type Command, createActions } from './actions/actions'
import { createIncognito } from './actions/incognito'
import { createRecorder } from './actions/recorder/recorder'
import { createArchive } from './archive/archive'
import type { TransferLimits } from './archive/transfers'
import { type Clock, systemClock } from './clock'
import type { RegistrationPolicy } from './config'
import { createBackups } from './database/backup/backups'
import { openDatabase } from './database/database'
import { createGateway, type GatewayLimits } from './gateway/gateway'
import { createClientsOrigin } from './gateway/origin/clients-origin'
import { createTickets } from './gateway/origin/tickets'
import { createReverseProxy, type ProxyLimits } from './gateway/proxy/reverse-proxy'
import { createBox } from './health/box/box'
import { createHealth } from './health/health'
import { createMeasures } from './health/metrics/measures'
import { createMetrics } from './health/metrics/metrics'
import { createHistory } from './history/history'
import { createClientAddress, createProxySigns } from './http/network/client-address'
import { createLinkOrigin } from './http/network/link-origin'
import { createListeners } from './listeners'
import { createListening, type Queued } from './listening/listening'
import { createQueuers } from './listening/queuers'
import type { Log } from './log'
import { createLine } from './mopidy/line/line'
import { createMirror } from './mopidy/mirror'
import { createMopidy, type MopidyLimits } from './mopidy/mopidy'
import { createPlayer } from './mopidy/player'
import { createStatistics } from './statistics/statistics'

export type Services = ReturnType<typeof openServices>
type ServicesOptions = {
  databasePath: string
  mopidyUrl: string
  secret: string
  sessionDays: number
  /** Days for which actions and plays are kept; 0, the default, keeps them for ever. */
  historyDays?: number
  registration?: RegistrationPolicy
  proxyLogin?: AccountsOptions['proxyLogin']
  /** Addresses and CIDRs of the proxies whose `X-Forwarded-…` headers are believed. */
  trustedProxies?: readonly string[]
  /** Origins of the web clients and of the page, where they are reached by other names than this server's. */
  clientsAt?: Readonly<{ origin: string; publicOrigin: string }> | undefined
  log: Log
  clock?: Clock
  hashingCost?: HashingCost
  limits?: {
    mopidy?: MopidyLimits
    gateway?: GatewayLimits
    proxy?: ProxyLimits
    throttle?: ThrottleLimits
    registration?: RegistrationLimits
    transfers?: TransferLimits
  }
}

/** Opens everything behind the HTTP surface in order; `close` closes it in reverse. */
export function openServices({
  databasePath,
  mopidyUrl,
  secret,
  sessionDays,
  historyDays = 0,
  registration,
  proxyLogin,
  trustedProxies = [],
  clientsAt,
  log,
  clock = systemClock,
  hashingCost,
  limits = {},
}: ServicesOptions) {
  // The kinds of news that go to services opened after their source. The listeners are added below.
  const accountsChanged = createListeners<[stillSignedIn: StillSignedIn]>({
    what: 'close what has ended',
    log,
  })
  const commandWorked = createListeners<[command: Command]>({ what: 'take note of a command', log })
  const songsQueued = createListeners<[queued: Queued]>({ what: 'tell who queued songs', log })
  const eventPublished = createListeners<[topic: string, text: string]>({
    what: 'send to sockets',
    log,
  })

  const database = openDatabase(databasePath, { exclusive: true })
  const accounts = createAccounts({
    database,
    clock,
    log,
    secret,
    sessionDays,
    ...(registration && { registration }),
    proxyLogin,
    ...(hashingCost && { hashingCost }),
    ...(limits.throttle && { throttleLimits: limits.throttle }),
    ...(limits.registration && { registrationLimits: limits.registration }),
    onChanged: accountsChanged.tell,
  })
  for (const { name, owner, expires_at } of accounts.keys.limitedByUpgrade())
    log.warn(
      { key: name, owner, ends: new Date(expires_at * 1000).toISOString() },
      'keys for administration have an end since an upgrade: make a new one before',
    )
  const measures = createMeasures({ log })
  const mopidy = createMopidy({
    url: mopidyUrl,
    clock,
    log,
    onAnswered: measures.noteCall,
    ...(limits.mopidy && { limits: limits.mopidy }),
  })
  const player = createPlayer({ mopidy, clock })
  const line = createLine({
    mopidy,
    clock,
    ...(limits.mopidy && { restMs: limits.mopidy.libraryRestMs }),
  })
  const mirror = measures.timing(
    createMirror({ mopidy, line, player, clock, onRead: measures.noteRead }),
  )
  const recorder = createRecorder({ database, log })
  const queuers = createQueuers({ database, clock, log })
  const incognito = createIncognito(database)
  const actions: Actions = createActions({
    mopidy,
    player,
    recorder,
    clock,
    incognito,
    log,
    onCommand: commandWorked.tell,
  })
  const listening = createListening({
    database,
    mopidy,
    player,
    mirror,
    queuers,
    clock,
    log,
    onQueued: songsQueued.tell,
  })
  const upToDate = async () => {
    await actions.settled()
    listening.save()
  }
  const statistics = createStatistics({ database, clock, upToDate })
  const history = createHistory({ database, upToDate })
  const archive = createArchive({
    database,
    clock,
    log,
    historyDays,
    ...(limits.transfers && { limits: limits.transfers }),
    upToDate,
  })
  const gateway = createGateway({
    door: accounts.door,
    mopidy,
    mirror,
    actions,
    queuers,
    clock,
    log,
    ...(limits.gateway && { limits: limits.gateway }),
    publish: eventPublished.tell,
  })
  const clientAddress = createClientAddress(trustedProxies)
  const proxy = createReverseProxy({
    door: accounts.door,
    seats: gateway.seats,
    clientAddress,
    authHeader: proxyLogin?.header,
    mopidy,
    mopidyUrl,
    clock,
    log,
    ...(limits.proxy && { limits: limits.proxy }),
  })
  const proxySigns = createProxySigns(trustedProxies, () =>
    log.warn(
      'requests come through a proxy that TRUSTED_PROXIES does not name: all people have one address',
    ),
  )
  const clientsOrigin = createClientsOrigin({
    origin: clientsAt?.origin,
    publicOrigin: clientsAt?.publicOrigin,
    linkOrigin: createLinkOrigin(trustedProxies),
  })
  const health = createHealth({ mopidy, database, listening, clientsOrigin, proxySigns, log })
  const box = createBox({ accounts, mopidy, mopidyUrl })
  const backups = createBackups({ databasePath, log })
  const metrics = createMetrics({ measures, mopidy, gateway, recorder, listening })

  accountsChanged.add((stillSignedIn) => gateway.closeEnded(stillSignedIn))
  accountsChanged.add((stillSignedIn) => proxy.closeEnded(stillSignedIn))
  accountsChanged.add(archive.closeEnded)
  commandWorked.add(queuers.note)
  commandWorked.add(listening.note)
  songsQueued.add((queued) => gateway.announce('queue_attribution_changed', queued))

  return {
    accounts,
    archive,
    backups,
    box,
    clientAddress,
    clientsOrigin,
    clock,
    gateway,
    health,
    history,
    incognito,
    listening,
    measures,
    metrics,
    mirror,
    mopidy,
    nameOf: createUserNames(database),
    proxy,
    proxySigns,
    queuers,
    statistics,
    tickets: createTickets(clock),

    /** Adds what sends texts to the sockets that are subscribed to a topic: the server, once it listens. */
    onPublished: eventPublished.add,

    async close(): Promise<void> {
      health.close()
      backups.close()
      measures.close()
      proxy.close()
      gateway.close()
      archive.close()
      listening.close()
      actions.close()
      queuers.close()
      // A call that Mopidy has not answered by now is not recorded.
      mopidy.close()
      accounts.close()
      await recorder.close()
      database.close()
    },
  }
}
