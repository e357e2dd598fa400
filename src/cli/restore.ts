import type { Command } from 'commander'
import { systemClock } from '../clock'
import { restore } from '../database/backup/restore'
import { addFooter } from './terminal/command-tree'
import { databaseOption } from './terminal/database-option'
import type { Process } from './terminal/process'

/** Adds the argument and the options of `musakone restore`. */
export function describeRestore(command: Command, { variables, print }: Process): void {
  addFooter(command, FOOTER)
  command
    .argument('<file>', 'a backup')
    .addOption(databaseOption(variables))
    .action((file: string, { database }: { database: string }) => {
      const now = new Date(systemClock.now())
      const { users, before } = restore(file, database, now)
      print(`${database} is what ${file} was, with ${users === 1 ? '1 user' : `${users} users`}`)
      if (before !== undefined) print(`the database of before is ${before}`)
      print('start the service again: sudo systemctl start musakone')
    })
}

const FOOTER = `
The service must be stopped. The old database stays beside the new one. A backup with triggers, views or
tables that are not of musakone is refused. Root does it as the owner of the folder of the database. Who was logged in when the backup
was made is logged in again, also where that session or that account was ended since: see
musakone user list.`
