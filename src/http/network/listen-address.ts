export const DEFAULT_PORT = 3001

/**
 * Where the service can be reached from this machine. This file imports nothing, so that the health probe
 * starts fast.
 */
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
