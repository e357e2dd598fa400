import { go, path, query } from '../address/router'

/** Changes parameters of the address; `undefined` removes one. */
export function askFor(changes: Readonly<Record<string, string | undefined>>): void {
  const asked = new URLSearchParams(query.value)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) asked.delete(name)
    else asked.set(name, value)
  const text = asked.toString()
  go(text === '' ? path.value : `${path.value}?${text}`, { replace: true })
}
