import type { Config } from '../config'
import { startDemoMopidy } from '../demo/mopidy'
import type { Log } from '../log'
import { serve } from './serve'
import type { Running } from './service/running'

/** Starts the service on a simulated Mopidy; `databasePath` may be `:memory:`. */
export async function demo(config: Config, databasePath: string, log: Log): Promise<Running> {
  const mopidy = await startDemoMopidy()
  const running = await serve(
    {
      ...config,
      databasePath,
      mopidyUrl: mopidy.url,
      production: false,
      // With `closed`, invites could not be tried.
      registration: config.registration === 'closed' ? 'invite' : config.registration,
    },
    log,
  )
  const password = config.adminPassword === undefined ? 'admin' : 'in ADMIN_PASSWORD'
  log.info(`demo: http://localhost:${running.port}/, log in as admin with the password ${password}`)
  return {
    port: running.port,
    condition: running.condition,
    async stop() {
      await running.stop()
      await mopidy.stop()
    },
  }
}
