import { isIP } from 'node:net'

/**
 * An address in the one form that is compared and shown: without port, brackets and zone, IPv6 in its
 * shortest form (RFC 5952), and IPv4 in IPv6 as IPv4. Undefined when it is none.
 */
export function plainAddress(text: string): string | undefined {
  const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  const [, bare = text] = /^([\d.]+):\d{1,5}$/.exec(text) ?? []
  if (inBrackets === undefined && isIP(bare) === 4) return bare
  const address = (inBrackets ?? text).replace(/%.*$/, '')
  if (isIP(address) !== 6) return undefined
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return isMapped ? dotted(groups.slice(6)) : shortest(groups)
}

/**
 * The eight groups of an IPv6 address. Neither Bun's URL parser nor the package ipaddr.js reads them all:
 * the first refuses `::0:0:0:0:0.0.0.0`, the second takes `::0.0.0.1`, which is `::1`, for IPv4.
 */
export function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const [first, last] = [numbersIn(head), numbersIn(tail ?? '')]
  const zeros = Math.max(0, 8 - first.length - last.length)
  return [...first, ...Array<number>(zeros).fill(0), ...last]
}

function numbersIn(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function dotted([high = 0, low = 0]: readonly number[]): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** In hexadecimal, with the longest run of zeros left out. */
function shortest(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':')
  const runs = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)]
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (run[0].length > (best?.[0].length ?? 0) ? run : best),
    undefined,
  )
  if (longest === undefined) return text
  const before = text.slice(0, longest.index).replace(/:$/, '')
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${before}::${after}`
}
