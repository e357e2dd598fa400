import { ApiError } from '../connection/api'
import { de } from '../language/admin-de'
import { en } from '../language/admin-en'
import { inLanguage } from '../language/language'

/** What the administration and the account say. */
export const words = () => inLanguage({ en, de })

/** Why it was refused, in the language of the page as far as that is known. */
export function reasonFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { refusals } = words()
  const code = error instanceof ApiError ? error.code : ''
  return refusals[code] ?? refusals[error.message] ?? error.message
}

/** What the server says of the box, in the language of the page as far as that is known. */
export function inWords(said: string): string {
  const [pattern, translation] = words().findings.find(([pattern]) => pattern.test(said)) ?? []
  return pattern === undefined ? said : said.replace(pattern, translation ?? '')
}
