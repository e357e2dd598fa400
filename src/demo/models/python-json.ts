const texts = new WeakMap<object, string>()

/**
 * The JSON text that Python's `json.dumps` gives: a space after separators, ASCII only. The text of a
 * model is cached, since models never change and a long tracklist is written often.
 */
export function pythonJson(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return writeString(value)
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (!('__model__' in value)) return writeObject(value)

  const kept = texts.get(value)
  if (kept !== undefined) return kept
  const text = writeObject(value)
  texts.set(value, text)
  return text
}

function writeObject(value: object): string {
  const members: string[] = []
  for (const [key, member] of Object.entries(value)) {
    members.push(`${writeString(key)}: ${pythonJson(member)}`)
  }
  return `{${members.join(', ')}}`
}

function writeString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
