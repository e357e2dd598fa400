import { inLanguage } from '../language/language'
import { de } from '../language/listening-de'
import { en } from '../language/listening-en'

/** The sentences of the listening and room screens. */
export const words = () => inLanguage({ en, de })
