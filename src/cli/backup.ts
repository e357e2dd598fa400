import { type Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../clock'
import { backUp, backUpInto } from '../database/backup/backup'
import { StartError } from '../errors'
import { addFooter } from './terminal/command-tree'
import { databaseOption } from './terminal/database-option'
import type { Process } from './terminal/process'

type BackupOptions = { database: string; force?: true; directory?: string; keep?: number }

const USAGE = 2
const DEFAULT_KEEP = 7
const MOST_KEPT = 10_000

/** Adds the argument and the options of `musakone backup`. */
export function describeBackup(command: Command, { variables, print }: Process): void {
  addFooter(command, FOOTER)
  command
    .argument('[file]', 'where to')
    .addOption(databaseOption(variables))
    .option('--force', 'replace the file if it is there')
    .option('--directory <folder>', 'into this folder, named by time, instead of a file')
    .option('--keep <number>', `of those in the folder that are named so (${DEFAULT_KEEP})`, keepIn)
    .action((file: string | undefined, { database, force, directory, keep }: BackupOptions) => {
      if ((file === undefined) === (directory === undefined))
        throw new StartError('name either a file or, with --directory, a folder', USAGE)
      if (directory === undefined && keep !== undefined)
        throw new StartError('--keep goes with --directory', USAGE)
      if (directory === undefined) {
        const { bytes } = backUp(database, file ?? '', { replace: force === true })
        print(`${file}: ${sizeOf(bytes)}, looked through`)
        return
      }
      const now = new Date(systemClock.now())
      const made = backUpInto(database, directory, { keep: keep ?? DEFAULT_KEEP, now })
      print(`${made.file}: ${sizeOf(made.bytes)}, looked through`)
      for (const name of made.removed) print(`removed the older ${name}`)
    })
}

const FOOTER = `
The service may be running, and goes on. The file appears when it is whole, for its owner only (0600).
The secret that signs the tokens is not in it.`

function keepIn(text: string): number {
  const keep = Number(text)
  if (!/^\d+$/.test(text) || keep < 1 || keep > MOST_KEPT)
    throw new InvalidArgumentError(`Give a number from 1 to ${MOST_KEPT}.`)
  return keep
}

function sizeOf(bytes: number): string {
  const megabytes = bytes / 1024 / 1024
  return megabytes < 1 ? `${Math.ceil(bytes / 1024)} kB` : `${megabytes.toFixed(1)} MB`
}
