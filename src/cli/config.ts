import type { Config } from '../config'

/** The configuration in force, one variable on each line, secrets masked. */
export function describeConfig(config: Config): string {
  const lines: [string, unknown][] = [
    ['NODE_ENV', config.production ? 'production' : 'development'],
    ['PORT', config.port],
    ['HOST', config.host ?? '(all interfaces)'],
    ['CLIENTS_PORT', config.clientsPort ?? `${config.port + 1} (the one after PORT)`],
    ['CLIENTS_ORIGIN', config.clientsAt?.origin ?? '(the same host)'],
    ['PUBLIC_URL', config.clientsAt?.publicOrigin ?? '(not set)'],
    ['DATABASE_PATH', config.databasePath],
    ['MOPIDY_URL', withoutCredentials(config.mopidyUrl)],
    ['JWT_SECRET', config.jwtSecret === undefined ? '(made at first start)' : '***'],
    ['ADMIN_PASSWORD', config.adminPassword === undefined ? '(not set)' : '***'],
    ['SESSION_DAYS', config.sessionDays],
    ['HISTORY_DAYS', config.historyDays],
    ['REGISTRATION', config.registration],
    ['ALLOWED_ORIGINS', config.allowedOrigins.join(',') || '(same origin only)'],
    ['ALLOWED_HOSTS', config.allowedHosts.join(',') || '(addresses, localhost, *.local)'],
    ['TRUSTED_PROXIES', config.trustedProxies.join(',') || '(none)'],
    ['AUTH_HEADER', config.authHeader ?? '(not set)'],
    ['MAX_SOCKETS', config.sockets.inAll],
    ['MAX_SOCKETS_PER_USER', config.sockets.perUser],
    ['MAX_SOCKETS_PER_ADDRESS', config.sockets.perAddress],
    ['LOG_LEVEL', config.logLevel],
    ['LOG_FORMAT', config.logFormat],
  ]
  return lines.map(([name, value]) => `${name}=${value}`).join('\n')
}

/** The URL with its user name and password, if it has any, masked. */
export function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//***@')
}
