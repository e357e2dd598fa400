import type { Config } from '../config'

/** The configuration in force, a variable a line, secrets masked. */
export function describeConfig(config: Config): string {
  const lines: [string, unknown][] = [
    ['NODE_ENV', config.production ? 'production' : 'development'],
    ['PORT', config.port],
    ['HOST', config.host ?? '(all interfaces)'],
    ['DATABASE_PATH', config.databasePath],
    ['MOPIDY_URL', withoutCredentials(config.mopidyUrl)],
    ['JWT_SECRET', config.jwtSecret === undefined ? '(made at first start)' : '***'],
    ['ADMIN_PASSWORD', config.adminPassword === undefined ? '(not set)' : '***'],
    ['SESSION_DAYS', config.sessionDays],
    ['ALLOWED_ORIGINS', config.allowedOrigins.join(',') || '(same origin only)'],
    ['ALLOWED_HOSTS', config.allowedHosts.join(',') || '(addresses, localhost, *.local)'],
    ['LOG_LEVEL', config.logLevel],
    ['LOG_FORMAT', config.logFormat],
  ]
  return lines.map(([name, value]) => `${name}=${value}`).join('\n')
}

/** The address without the name and the password that may stand in it. */
export function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//***@')
}
