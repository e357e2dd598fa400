import { inLanguage } from '../language/language'
import { de } from '../language/listening-de'
import { en } from '../language/listening-en'

/** What these screens say. */
export const words = () => inLanguage({ en, de })
