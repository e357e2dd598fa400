/** Of a title, a name or an address, in bytes of UTF-8. */
const LONGEST_TEXT = 4_096
/** Of the metadata of an action, as JSON, in bytes of UTF-8. */
const LONGEST_METADATA = 4_096
/** Of lists and objects within each other: a search has its words in a list, by field, in its query. */
const DEEPEST_METADATA = 4
/** A text of so many UTF-16 units fits whatever it holds. */
const ALWAYS_FITS = Math.floor(LONGEST_TEXT / 3)
const LONGEST_NAME = 64
/** How much of a text is kept of metadata that is too long; a list or an object keeps a sixteenth in items. */
const CUTS = [1_024, 256, 64, 16]

/** The text, cut between two characters when it has more than 4 KiB; what a row may hold of it. */
export function cutText<Text extends string | null>(text: Text): Text | string {
  if (text === null || text.length <= ALWAYS_FITS) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(LONGEST_TEXT))
  return text.slice(0, read)
}

/** The metadata of an action as JSON of at most 4 KiB: longer and deeper ones lose their ends. */
export function metadataText(metadata: Readonly<Record<string, unknown>> | null): string | null {
  if (metadata === null) return null
  if (isShallow(metadata, DEEPEST_METADATA)) {
    const text = JSON.stringify(metadata)
    if (fits(text)) return text
  }
  const texts = CUTS.values().map((most) => JSON.stringify(cut(metadata, most, DEEPEST_METADATA)))
  return texts.find(fits) ?? '{}'
}

const fits = (text: string) =>
  text.length <= LONGEST_METADATA && Buffer.byteLength(text) <= LONGEST_METADATA

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1))
}

function cut(value: unknown, most: number, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, most).toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  const items = Math.ceil(most / 16)
  if (Array.isArray(value)) return value.slice(0, items).map((item) => cut(item, most, levels - 1))
  const members = Object.entries(value).slice(0, items)
  return Object.fromEntries(
    members.map(([name, inner]) => [
      name.slice(0, LONGEST_NAME).toWellFormed(),
      cut(inner, most, levels - 1),
    ]),
  )
}
