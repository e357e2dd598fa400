/**
 * The thread that writes down what many do at once, on a connection of its own: it is given a group of
 * rows at a time, and answers what became of them.
 */
import { connect, speedUp } from '../database/connection'
import { reasonOf } from '../errors'
import { type ActionRow, createRowWriter, type Written } from './action-rows'

declare const self: Worker

/** What the thread is told, as JSON: rows for the database at that path; or to close it. */
export type ToThread = { path: string; rows: readonly ActionRow[] } | 'stop'

let opened: ReturnType<typeof open> | undefined

self.onmessage = ({ data }: MessageEvent<string>) => {
  const told: ToThread = JSON.parse(data)
  if (told === 'stop') opened?.close()
  self.postMessage(JSON.stringify(told === 'stop' ? told : written(told.path, told.rows)))
}

function written(path: string, rows: readonly ActionRow[]): Written {
  try {
    opened ??= open(path)
    return { ids: opened.write(rows) }
  } catch (error) {
    return { ids: [], problem: reasonOf(error) }
  }
}

function open(path: string) {
  const sqlite = connect(path)
  speedUp(sqlite)
  return { write: createRowWriter(sqlite), close: () => sqlite.close() }
}
