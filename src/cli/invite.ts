import { Value } from '@sinclair/typebox/value'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { createInvites, type InviteRow, type Invites } from '../accounts/invites/invites'
import { createInviting, type Inviting } from '../accounts/invites/inviting'
import { type Invite, LONGEST_INVITE_S, MOST_USES, NewInvite } from '../accounts/invites/model'
import { qrText } from '../accounts/invites/qr'
import { createSecurityLog } from '../accounts/log/security-log'
import { createRoles } from '../accounts/roles/roles'
import { developmentSecret } from '../accounts/sessions/secret'
import { HOUR_S, systemClock } from '../clock'
import { readConfig } from '../config'
import { openExistingDatabase } from '../database/existing-database'
import { AppError, StartError } from '../errors'
import { databasePathIn } from './terminal/database-option'
import { originInLan } from './terminal/lan-origin'
import { localTime } from './terminal/local-time'
import type { Process } from './terminal/process'
import { tableOf } from './terminal/table'

type DatabaseOption = { database: string }
type LinkOptions = DatabaseOption & { url?: string }
type CreateOptions = LinkOptions & {
  role: NewInvite['role']
  hours: number
  uses?: number
  name?: string
}
type Desk = { invites: Invites; inviting: Inviting }

const BY = { by: 'command line' }
const LONGEST_HOURS = LONGEST_INVITE_S / HOUR_S

const FOOTER = `
They work on the database directly, also while the service runs. For a link they need its secret: run
them with the JWT_SECRET or JWT_SECRET_FILE that the service has.`

const CLOSED = `
Nobody can come in by it yet: REGISTRATION is closed here. Set it to invite for the service.`

/** Adds the sub-commands of `musakone invite`. */
export function addInviteCommands(invite: Command, { variables, terminal, print }: Process): void {
  invite.addHelpText('after', FOOTER)

  const command = (usage: string, description: string) =>
    invite
      .command(usage)
      .description(description)
      .option('--database <file>', 'the database of the service', databasePathIn(variables))
  const withLink = (one: Command) =>
    one.option('--url <url>', 'where the service is, like http://music.local:3001', originIn)

  /** Prints the link of the invite that `find` returns, and a warning while registration is closed. */
  function printLink({ database, url }: LinkOptions, find: (desk: Desk) => InviteRow): void {
    const config = readConfig({ ...variables, DATABASE_PATH: database }, { terminal })
    const secret = config.jwtSecret ?? developmentSecret(database, { make: false })
    const origin = url ?? originInLan(config)
    withInvites(database, secret, (desk) => {
      const row = find(desk)
      const { url: link } = desk.invites.show(row, origin)
      if (link === undefined) throw new StartError(`invite ${row.id} lets nobody in any more`)
      print(`${qrText(link, { coloured: terminal })}\n\n${link}\n`)
      print(tableOf(COLUMNS, [cellsOf(desk.invites.show(row))]))
    })
    if (config.registration === 'closed') print(CLOSED)
  }

  withLink(command('create', 'make a link and a QR code by which people make accounts'))
    .addOption(
      new Option('--role <role>', 'what they may do').choices(['guest', 'member']).default('guest'),
    )
    .option('--hours <hours>', 'how long it lasts, and its guests with it', hoursIn, 12)
    .option(
      '--uses <number>',
      'accounts that it makes; else any number of guests, 1 member',
      usesIn,
    )
    .option('--name <text>', 'what it is for, shown to who comes')
    .action(({ role, hours, uses, name, ...options }: CreateOptions) => {
      const wanted = {
        role,
        expires_in_s: Math.round(hours * HOUR_S),
        ...(uses !== undefined && { max_uses: uses }),
        ...(name !== undefined && { name }),
      }
      if (!Value.Check(NewInvite, wanted))
        throw new StartError('the name may have 100 characters, all of them visible')
      printLink(options, ({ inviting }) => inviting.create(BY, wanted))
    })
  withLink(command('show <id>', 'print the link and the QR code of an invite again')).action(
    (id: string, options: LinkOptions) =>
      printLink(options, ({ inviting }) => inviting.find(BY, idOf(id))),
  )
  command('list', 'list the invites that have not ended')
    .option('--json', 'as JSON')
    .action(({ database, json }: DatabaseOption & { json?: true }) =>
      withInvites(database, NO_SECRET, ({ invites, inviting }) => {
        const shown = inviting.list(BY).map((row) => invites.show(row))
        if (!json) return print(tableOf(COLUMNS, shown.map(cellsOf)))
        print(JSON.stringify(shown, null, 2))
      }),
    )
  command('end <id>', 'end an invite and all the guests who came by it').action(
    (id: string, { database }: DatabaseOption) =>
      withInvites(database, NO_SECRET, ({ inviting }) => {
        inviting.end(BY, idOf(id))
        print(`invite ${id} has ended, and so have its guests`)
      }),
  )
}

/** For commands that make no link, and so sign nothing. */
const NO_SECRET = ''

/**
 * Runs `work` on the invites in that database.
 * @throws {StartError} in one line for whatever `work` cannot do.
 */
function withInvites(path: string, secret: string, work: (desk: Desk) => void): void {
  const database = openExistingDatabase(path)
  try {
    const given = { database, clock: systemClock }
    const securityLog = createSecurityLog(given)
    const roles = createRoles({ database, securityLog })
    const invites = createInvites({ ...given, roles, secret })
    const inviting = createInviting({
      ...given,
      invites,
      securityLog,
      // Not the policy of this command line, since the service has its own; `printLink` warns.
      policy: 'invite',
      // The running service finds the change in the database and closes sockets itself.
      change: database.durably,
    })
    work({ invites, inviting })
  } catch (error) {
    if (error instanceof AppError) throw new StartError(error.message)
    if (error instanceof Error && error.name === 'SQLiteError')
      throw new StartError(`cannot use the database ${path}: ${error.message}`)
    throw error
  } finally {
    database.close()
  }
}

function idOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new StartError(`there is no invite ${text}`)
  return Number(text)
}

function hoursIn(text: string): number {
  const hours = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && hours >= 1 / 60 && hours <= LONGEST_HOURS) return hours
  throw new InvalidArgumentError(`A number of hours, at most ${LONGEST_HOURS}.`)
}

function usesIn(text: string): number {
  const uses = Number(text)
  if (/^[1-9]\d*$/.test(text) && uses <= MOST_USES) return uses
  throw new InvalidArgumentError(`A number from 1 to ${MOST_USES}.`)
}

function originIn(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url.origin
  throw new InvalidArgumentError('An address that begins with http:// or https://.')
}

const COLUMNS = ['ID', 'ROLE', 'USES', 'UNTIL', 'NAME']

function cellsOf({ id, role, uses, max_uses, expires_at, usable, name }: Invite): string[] {
  const used = max_uses === null ? String(uses) : `${uses} of ${max_uses}`
  return [String(id), role, used, usable ? localTime(expires_at) : 'lets nobody in', name]
}
