import { de } from './de'
import { en, type Sentences } from './en'

const languages: Readonly<Record<string, Sentences>> = { en, de }

const chosen = navigator.languages
  .map((tag) => tag.toLowerCase().split('-')[0] ?? '')
  .find((language) => Object.hasOwn(languages, language))

document.documentElement.lang = chosen ?? 'en'

/** What the page says, in the first language of the browser that it knows. */
export const sentences = (): Sentences => languages[chosen ?? 'en'] ?? en

/** The same of the catalogue of a screen that is fetched later. */
export const inLanguage = <Words>(catalogues: Readonly<Record<'en' | 'de', Words>>): Words =>
  catalogues[chosen === 'de' ? 'de' : 'en']

/** For dates and numbers: as the browser's own language has them, if it is that language. */
export const locale = (): string =>
  navigator.languages.find((tag) => tag.toLowerCase().startsWith(chosen ?? 'en')) ?? 'en-GB'
