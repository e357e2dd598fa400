/**
 * The JSON text of an id as the client wrote it. Almost every id is written anew from `parsed`; only a
 * number that JavaScript cannot hold exactly, a list or an object is looked up in `text`, the text of
 * the request.
 */
export function idText(parsed: unknown, text: () => string): string {
  const exact =
    parsed === null || typeof parsed === 'string' || typeof parsed === 'boolean' || isExact(parsed)
  return exact ? JSON.stringify(parsed) : (rawMember(text(), 'id') ?? JSON.stringify(parsed))
}

/** Levels of lists and objects; no message of ours or Mopidy's has as many. */
const DEEPEST = 64

/** Whether lists and objects in the JSON text are nested too deep. A parser takes long over a long one. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x22) index = endOfString(text, index) - 1
    else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > DEEPEST) return true
    } else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return false
}

function isExact(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

/** The JSON text of a member of the object in `text`; of the last where a name stands twice. */
function rawMember(text: string, name: string): string | undefined {
  let found: string | undefined
  walk(text, (part) => {
    const colon = part.startsWith('"') ? endOfString(part, 0) : 0
    if (colon > 0 && JSON.parse(part.slice(0, colon)) === name)
      found = part.slice(part.indexOf(':', colon) + 1).trim()
  })
  return found
}

/** The JSON texts of the items of the list in `text`. */
export function rawItems(text: string): string[] {
  const items: string[] = []
  walk(text, (part) => items.push(part))
  return items
}

/** Cuts valid JSON text, an object or a list, at its outermost commas. */
function walk(text: string, onPart: (part: string) => void): void {
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]
    if (char === '"') index = endOfString(text, index) - 1
    else if (char === '{' || char === '[') {
      depth += 1
      if (depth === 1) start = index + 1
    } else if (char === '}' || char === ']') depth -= 1
    const ends = (char === ',' && depth === 1) || (depth === 0 && (char === '}' || char === ']'))
    if (!ends) continue
    const part = text.slice(start, index).trim()
    if (part !== '') onPart(part)
    start = index + 1
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === '"') return index + 1
  }
  return text.length
}
