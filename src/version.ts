import { version as packageVersion } from '../package.json'

declare const MUSAKONE_COMMIT: string | undefined
declare const MUSAKONE_DATE: string | undefined

/** The version of this program, as in `package.json`. */
export const version: string = packageVersion

/** The commit that an executable was built from; `source` when it runs from its sources. */
export const commit: string = typeof MUSAKONE_COMMIT === 'string' ? MUSAKONE_COMMIT : 'source'

/** Whether this is an executable, not the sources. */
export const isExecutable: boolean = typeof MUSAKONE_COMMIT === 'string'

/** The day of that commit, as YYYY-MM-DD; undefined when it runs from its sources. */
export const date: string | undefined =
  typeof MUSAKONE_DATE === 'string' ? MUSAKONE_DATE : undefined
