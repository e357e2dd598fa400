import confusables from './confusables.txt' with { type: 'text' }
import { isAscii, withoutIgnorable } from './name'

/**
 * What a name looks like: names that people take for one another have the same. Wider than what looks
 * alike in ASCII, where `rn` and `m`, `0` and `O`, `1`, `l` and `I` have the same too.
 */
export function likenessOf(username: string): string {
  const signs = withoutIgnorable(username.normalize('NFKD'))
  // Twice: some letters are like others only as capitals, some only as small letters.
  const likeness = folded(prototypes(folded(prototypes(signs))))
  // A capital I is like an l, and a small i is the same letter.
  return likeness.replaceAll('i', 'l').replaceAll(/(?<=[lj])\u0307/g, '')
}

/**
 * Whether people can take the one name for the other, given that both have the same likeness. Two names
 * of ASCII alone differ when their letters do: `modern` and `rnodern` are two names.
 */
export function isLike(username: string, other: string): boolean {
  const differInAscii = isAscii(username) && isAscii(other)
  return !differInAscii || username.toLowerCase() === other.toLowerCase()
}

/** Small letters; `ß` becomes `ss`, and `ς` the same as `σ`. */
function folded(text: string): string {
  return text.toUpperCase().toLowerCase().normalize('NFKD')
}

// Unicode's table lacks most of them; `ᴀᴅᴍɪɴ` is `ADMIN` in another size.
const SMALL_CAPITALS = [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ']
const THEIR_LETTERS = [...'abcdefghijklmnoprstuvwyz']

let table: ReadonlyMap<string, string> | undefined

function prototypes(text: string): string {
  // Read at first use: most starts make no account.
  table ??= readTable()
  return Array.from(text, (sign) => table?.get(sign) ?? sign).join('')
}

function readTable(): ReadonlyMap<string, string> {
  // What is above the empty line is the licence.
  const lines = confusables.slice(confusables.indexOf('\n\n')).trim().split('\n')
  const like = lines.flatMap((line) => {
    const [prototype = '', ...like] = line.split(' ')
    return like.map((sign) => [signsOf(sign), signsOf(prototype)] as const)
  })
  const small = SMALL_CAPITALS.map((sign, index) => [sign, THEIR_LETTERS[index] ?? sign] as const)
  return new Map([...like, ...small])
}

const signsOf = (hexadecimal: string): string =>
  String.fromCodePoint(...hexadecimal.split('+').map((sign) => Number.parseInt(sign, 16)))
