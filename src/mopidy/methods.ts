import { core } from './methods/core'
import { library } from './methods/library'
import type { Method } from './methods/method'
import { mixer } from './methods/mixer'
import { playback } from './methods/playback'
import { playlists } from './methods/playlists'
import { tracklist } from './methods/tracklist'

/**
 * Every method of Mopidy's core API, as its `core.describe` lists them; checked against 3.4.1. All that
 * the program knows about one stands in its entry, in the file of its section.
 */
const table = { ...core, ...library, ...mixer, ...playback, ...playlists, ...tracklist }

export type MethodName = keyof typeof table

export const methods: Readonly<Record<MethodName, Method>> = table

/** The name as one of the table's, or undefined. */
export function methodNamed(name: string): MethodName | undefined {
  return Object.hasOwn(table, name) ? (name as MethodName) : undefined
}

/** Whether the method asks the library; false for a name that the table does not have. */
export function asksLibrary(name: string): boolean {
  return methods[name as MethodName]?.asksLibrary === true
}
