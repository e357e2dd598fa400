import { ApiError } from '../connection/api'
import { de } from '../language/admin-de'
import { en } from '../language/admin-en'
import { inLanguage } from '../language/language'

/** The sentences of the administration and of the account's sheets. */
export const words = () => inLanguage({ en, de })

/** The reason for a refusal, translated where the page has a translation. */
export function reasonFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { refusals } = words()
  const code = error instanceof ApiError ? error.code : ''
  return refusals[code] ?? refusals[error.message] ?? error.message
}

/** A finding of the server about the box, translated where the page has a translation. */
export function inWords(said: string): string {
  const [pattern, translation] = words().findings.find(([pattern]) => pattern.test(said)) ?? []
  return pattern === undefined ? said : said.replace(pattern, translation ?? '')
}
