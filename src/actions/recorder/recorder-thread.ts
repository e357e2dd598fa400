/**
 * The thread that writes down what many do at once, on a connection of its own: it is given a group of
 * rows at a time, and answers what became of them.
 */
import { connect, speedUp } from '../../database/connection'
import { type ActionRow, createRowWriter } from './action-rows'

declare const self: Worker

/** What the thread is told, as JSON: rows for the database at that path; or to close it. */
export type ToThread = { path: string; rows: readonly ActionRow[] } | 'stop'

let opened: ReturnType<typeof open> | undefined

self.onmessage = ({ data }: MessageEvent<string>) => {
  const told: ToThread = JSON.parse(data)
  if (told === 'stop') {
    opened?.close()
    return self.postMessage(JSON.stringify(told))
  }
  // Where it cannot be opened the thread is of no use: it ends by this error.
  opened ??= open(told.path)
  self.postMessage(JSON.stringify(opened.write(told.rows)))
}

function open(path: string) {
  const sqlite = connect(path, { create: false })
  speedUp(sqlite)
  return { write: createRowWriter(sqlite), close: () => sqlite.close() }
}
