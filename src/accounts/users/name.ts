const VISIBLE = /^[^\p{C}\p{Z}]{1,64}$/u

/** The username as it is kept, or undefined when it is not 1 to 64 visible characters. */
export function readUsername(text: string): string | undefined {
  const name = text.normalize('NFC')
  // Counted as people count, not in UTF-16 units; the u flag does.
  return VISIBLE.test(name) && nameKey(name) !== '' ? name : undefined
}

/** The key by which names are compared: `ÄRGER`, `ärger` and full-width letters have the same. */
export function nameKey(username: string): string {
  // Twice: folding can bring letters that compose differently.
  return username.normalize('NFKC').toLowerCase().normalize('NFKC')
}
