/**
 * Copies a text to the clipboard. Browsers give scripts no clipboard over plain HTTP, which most homes use: then a
 * field with the text is selected and copied.
 */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  // An open dialog keeps the focus inside, so the field must be in it.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (!copied) throw new Error(text)
}
