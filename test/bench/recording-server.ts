/** The process behind `recording.ts`: the program twice, with and without recorded actions. */

import { systemClock } from '../../src/clock'
import { createGateway } from '../../src/gateway/gateway'
import { createApp } from '../../src/http/app'
import { createListeners } from '../../src/listeners'
import { createLog } from '../../src/log'
import { openServices } from '../../src/services'
import { until } from '../support/test-musakone'
import { BUSIEST, PASSWORD } from './history-database'
import { recordSteadily } from './steady-recording'

export type ToRecordingServer =
  | { mopidyUrl: string; recordedIn: string; notRecordedIn: string }
  /** So many from now on, beside what is called. */
  | { actionsPerSecond: number }

/** Addresses of sockets that are signed in; then, how long it took until all was written. */
export type FromRecordingServer = { recorded: string; notRecorded: string } | { writtenMs: number }

let tell: (actionsPerSecond: number) => Promise<number> = () => Promise.resolve(0)

process.on('message', async (message: ToRecordingServer) => {
  process.send?.(await reply(message))
})

async function reply(message: ToRecordingServer): Promise<FromRecordingServer> {
  if ('actionsPerSecond' in message) {
    return { writtenMs: await tell(message.actionsPerSecond) }
  }
  const { mopidyUrl, recordedIn, notRecordedIn } = message
  const addresses = {
    recorded: await start(mopidyUrl, recordedIn, true),
    notRecorded: await start(mopidyUrl, notRecordedIn, false),
  }
  tell = await recordSteadily(recordedIn)
  return addresses
}

async function start(mopidyUrl: string, databasePath: string, recorded: boolean): Promise<string> {
  const log = await createLog({ level: 'silent', format: 'json' })
  const services = openServices({
    databasePath,
    mopidyUrl,
    secret: 'a-secret-for-the-benchmark-of-48-characters-long',
    sessionDays: 1,
    log,
  })
  // Both get a second gateway, so that an event costs either side the same.
  const silentEventPublished = createListeners<[topic: string, text: string]>({
    what: 'send to sockets',
    log,
  })
  const silentGateway = createGateway({
    door: services.accounts.door,
    mopidy: services.mopidy,
    mirror: services.mirror,
    actions: { begin: () => () => {}, settled: async () => {}, close: () => {} },
    queuers: services.queuers,
    clock: systemClock,
    log,
    publish: silentEventPublished.tell,
  })
  const app = createApp({
    services: recorded ? services : { ...services, gateway: silentGateway },
    allowedOrigins: [],
    allowedHosts: [],
    log,
  }).listen({ port: 0, hostname: '127.0.0.1' })
  const { server } = app
  if (server === null) throw new Error('it does not listen')
  const publish = (topic: string, text: string) => server.publish(topic, text)
  if (recorded) services.onPublished(publish)
  else silentEventPublished.add(publish)
  await until(() => services.mopidy.status().online, 'Mopidy to be online')
  const { token } = await services.accounts.ownAccount.logIn(
    { username: `user${BUSIEST}`, password: PASSWORD },
    { ip: null, userAgent: null },
  )
  return `ws://127.0.0.1:${server.port}/ws?token=${token}`
}
