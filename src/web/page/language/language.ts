import { de } from './de'
import { en, type Sentences } from './en'

const languages: Readonly<Record<string, Sentences>> = { en, de }

const chosen = navigator.languages
  .map((tag) => tag.toLowerCase().split('-')[0] ?? '')
  .find((language) => Object.hasOwn(languages, language))

document.documentElement.lang = chosen ?? 'en'

/** The page's sentences, in the first of the browser's languages that it has. */
export const sentences = (): Sentences => languages[chosen ?? 'en'] ?? en

/** One of the catalogues of a screen that is fetched later, in that language. */
export const inLanguage = <Words>(catalogues: Readonly<Record<'en' | 'de', Words>>): Words =>
  catalogues[chosen === 'de' ? 'de' : 'en']

/** The locale for dates and numbers: the browser's own variant of the page's language. */
export const locale = (): string =>
  navigator.languages.find((tag) => tag.toLowerCase().startsWith(chosen ?? 'en')) ?? 'en-GB'
