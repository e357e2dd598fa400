export const DEFAULT_PORT = 3001

/** Where the service can be reached from this machine; kept free of imports for the probe's sake. */
export function listenAddress(variables: Readonly<Record<string, string | undefined>>): {
  host: string
  port: number
} {
  const host = variables.HOST?.trim() || '127.0.0.1'
  const everywhere = host === '0.0.0.0' || host === '::'
  return {
    host: everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host,
    port: Number(variables.PORT?.trim() || DEFAULT_PORT),
  }
}
