/**
 * The thread that writes actions when there are many, on a database connection of its own: it gets one
 * group of rows at a time, and answers which of them were written.
 */
import { connect, speedUp } from '../../database/connection'
import { type ActionRow, createRowWriter } from './action-rows'

declare const self: Worker

/** A message to the thread, as JSON: rows for the database at that path, or to close it. */
export type ToThread = { path: string; rows: readonly ActionRow[] } | 'stop'

let opened: ReturnType<typeof open> | undefined

self.onmessage = ({ data }: MessageEvent<string>) => {
  const told: ToThread = JSON.parse(data)
  if (told === 'stop') {
    opened?.close()
    return self.postMessage(JSON.stringify(told))
  }
  // A database that cannot be opened throws here, which ends the thread.
  opened ??= open(told.path)
  self.postMessage(JSON.stringify(opened.write(told.rows)))
}

function open(path: string) {
  const sqlite = connect(path, { create: false })
  speedUp(sqlite)
  return { write: createRowWriter(sqlite), close: () => sqlite.close() }
}
