import { embedPage } from './embed' with { type: 'macro' }

/** The page as it was when the executable was built. */
export const embeddedPage = embedPage()
