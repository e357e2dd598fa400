/**
 * Copies a text. Over plain HTTP, as in most homes, browsers have no clipboard for scripts: then it is
 * copied as if somebody had marked it.
 */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  // In a dialog, nothing outside of it can have the focus.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (!copied) throw new Error(text)
}
