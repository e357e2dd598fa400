/** Lists and objects within each other; a record has three, a request to ListenBrainz six. */
const DEEPEST = 16
/** A request to ListenBrainz holds at most a thousand listens of some twenty members. */
const MOST_VALUES = 100_000

const QUOTE = 34
const BACKSLASH = 92
const OPENING = new Set(['[', '{'].map((sign) => sign.charCodeAt(0)))
const CLOSING = new Set([']', '}'].map((sign) => sign.charCodeAt(0)))
const COMMA = 44

/**
 * Why a line of JSON is not to be parsed, in words that follow its number: to parse one that is deep or of
 * very many values takes memory and time out of all proportion. Undefined when it may be.
 */
export function whyTooComplex(text: string): string | undefined {
  // Nothing shorter can be too deep or too many.
  if (text.length <= DEEPEST) return undefined
  let depth = 0
  let values = 0
  let inText = false
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index)
    if (inText) {
      if (sign === BACKSLASH) index += 1
      else if (sign === QUOTE) inText = false
    } else if (sign === QUOTE) inText = true
    else if (sign === COMMA) values += 1
    else if (OPENING.has(sign)) {
      depth += 1
      if (depth > DEEPEST) return `is nested more than ${DEEPEST} deep`
    } else if (CLOSING.has(sign)) depth -= 1
  }
  return values > MOST_VALUES ? `holds more than ${MOST_VALUES} values` : undefined
}
