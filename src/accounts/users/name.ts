// U+200C parts letters in Persian and other scripts, U+200D joins emoji into one.
const VISIBLE =
  /^(?:[^\p{C}\p{Z}]|(?<=\p{L}\p{M}*)\u200c(?=\p{L})|(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})){1,64}$/u
/** What shows nothing, or what a reader passes over; U+2800 is a blank that Unicode counts as a symbol. */
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu
const SIGN = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * The username as it is kept, without spaces around it, or undefined when it is not 1 to 64 visible
 * characters.
 */
export function readUsername(text: string): string | undefined {
  const name = text.trim().normalize('NFC')
  // Counted as people count, not in UTF-16 units; the u flag does.
  return VISIBLE.test(name) && SIGN.test(withoutIgnorable(name)) ? name : undefined
}

/**
 * The key by which a name is found: `ÄRGER`, `ärger` and full-width letters have the same, and phones
 * put a space after a word.
 */
export function nameKey(username: string): string {
  // Twice: folding can bring letters that compose differently.
  return username.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
}

/** Whether two names are the same, sign for sign, but for the case of ASCII letters. */
export function isSameName(username: string, other: string): boolean {
  return inOneForm(username) === inOneForm(other)
}

/** Composed, with small ASCII letters. */
function inOneForm(name: string): string {
  const composed = name.normalize('NFC')
  // The Kelvin sign and its like become ASCII letters when composed, and are no such letters.
  const isEither = composed === name || name.normalize('NFD') === name
  return (isEither ? composed : name).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

export const withoutIgnorable = (text: string): string => text.replaceAll(IGNORABLE, '')

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
export const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)
