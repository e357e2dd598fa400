import { hostname, networkInterfaces } from 'node:os'
import { StartError } from '../../errors'

/**
 * The origin at which other machines reach a service with this host and port. Where it listens on all
 * interfaces, that is the machine's first IPv4 address in the network, or else its name with `.local`.
 * @throws {StartError} when the port is 0.
 */
export function originInLan({ host, port }: { host: string | undefined; port: number }): string {
  if (port === 0)
    throw new StartError('PORT is 0, any free one: say with --url where the service is')
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::'
  const name = everywhere ? (addressInLan() ?? `${hostname().split('.')[0]}.local`) : host
  return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${port}`).origin
}

function addressInLan(): string | undefined {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth|virbr|tun|tap|wg)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
