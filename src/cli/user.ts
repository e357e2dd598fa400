import { Argument, type Command, Option } from 'commander'
import { createSecurityLog } from '../accounts/log/security-log'
import { createPasswords } from '../accounts/passwords/passwords'
import { ROLES } from '../accounts/roles/role'
import { createSessions } from '../accounts/sessions/sessions'
import { type Administration, createAdministration } from '../accounts/users/administration'
import type { UserEntry } from '../accounts/users/model'
import { createUsers } from '../accounts/users/users'
import { systemClock } from '../clock'
import { Environment } from '../config/environment'
import { openExistingDatabase } from '../database/existing-database'
import { unname } from '../database/unnaming'
import { AppError, StartError } from '../errors'
import { askHidden } from './terminal/hidden-line'
import type { Process } from './terminal/process'
import { tableOf } from './terminal/table'

type DatabaseOption = { database: string }
type PasswordOptions = DatabaseOption & { passwordStdin?: true; mustChangePassword?: true }

const USAGE = 2
const DEFAULT_PATH = String(Environment.properties.DATABASE_PATH.default)
const BY = { by: 'command line' }

const FOOTER = `
They work on the database directly, also while the service runs, and are heard by it within two
seconds: what a change takes away is closed.`

/** Adds the sub-commands of `musakone user`. */
export function addUserCommands(user: Command, process: Process): void {
  const { variables, print } = process
  user.addHelpText('after', FOOTER)

  const command = (usage: string, description: string) =>
    user
      .command(usage)
      .description(description)
      .option(
        '--database <file>',
        'the database of the service',
        variables.DATABASE_PATH?.trim() || DEFAULT_PATH,
      )
  const withPassword = (one: Command) =>
    one
      .option('--password-stdin', 'read the password from standard input instead of asking for it')
      .option('--must-change-password', 'have it changed at the next login')
  const role = () => new Argument('<role>').choices(ROLES)

  command('list', 'list all users')
    .option('--json', 'as JSON')
    .action(({ database, json }: DatabaseOption & { json?: true }) =>
      withAccounts(database, (accounts) => {
        const users = accounts.list()
        print(json ? JSON.stringify(users, null, 2) : tableOf(COLUMNS, users.map(cellsOf)))
      }),
    )
  withPassword(command('add <name>', 'add a user; asks for the password'))
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('member'))
    .action((name: string, options: PasswordOptions & { role: UserEntry['role'] }) =>
      withAccounts(options.database, async (accounts) => {
        if (accounts.idOf(name) !== undefined) throw new StartError(`${name}: the name is taken`)
        const { username } = await accounts.create(BY, {
          username: name,
          password: await newPassword(name, options, process),
          role: options.role,
          must_change_password: options.mustChangePassword ?? false,
        })
        print(`added ${username}, ${options.role}`)
      }),
    )
  withPassword(
    command('passwd <name>', 'set the password of a user; ends what the user has open'),
  ).action((name: string, options: PasswordOptions) =>
    withAccounts(options.database, async (accounts) => {
      const id = idOf(accounts, name)
      const { disabled } = await accounts.change(BY, id, {
        password: await newPassword(name, options, process),
        must_change_password: options.mustChangePassword ?? false,
      })
      print(`the password of ${name} is set`)
      if (disabled) print(`${name} is still disabled: musakone user enable ${name}`)
    }),
  )
  command('role <name>', 'change what a user may do')
    .addArgument(role())
    .action((name: string, role: UserEntry['role'], { database }: DatabaseOption) =>
      withAccounts(database, async (accounts) => {
        await accounts.change(BY, idOf(accounts, name), { role })
        print(`${name} has the role ${role}`)
      }),
    )
  for (const [verb, disabled, description] of [
    ['disable', true, 'keep a user out; ends what the user has open'],
    ['enable', false, 'let a disabled user in again'],
  ] as const)
    command(`${verb} <name>`, description).action((name: string, { database }: DatabaseOption) =>
      withAccounts(database, async (accounts) => {
        await accounts.change(BY, idOf(accounts, name), { disabled })
        print(`${name} is ${verb}d`)
      }),
    )
  command('delete <name>', 'delete a user; what the user did stays, without the name').action(
    (name: string, { database }: DatabaseOption) =>
      withAccounts(database, async (accounts) => {
        await accounts.remove(BY, idOf(accounts, name))
        print(`${name} is deleted`)
      }),
  )
}

/**
 * Runs `work` on the accounts in that database.
 * @throws {StartError} in one line for whatever `work` cannot do.
 */
async function withAccounts(
  path: string,
  work: (accounts: Administration) => void | Promise<void>,
): Promise<void> {
  const database = openExistingDatabase(path)
  try {
    const given = { database, clock: systemClock }
    await work(
      createAdministration({
        users: createUsers(given),
        sessions: createSessions(given),
        passwords: createPasswords(),
        securityLog: createSecurityLog(given),
        unname: (userId) => unname(database, userId),
        // The running service finds the change in the database and closes sockets itself.
        change: database.durably,
      }),
    )
  } catch (error) {
    if (error instanceof AppError) throw new StartError(error.message)
    if (isSqliteError(error))
      throw new StartError(`cannot use the database ${path}: ${error.message}`)
    throw error
  } finally {
    database.close()
  }
}

function isSqliteError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'SQLiteError'
}

function idOf(accounts: Administration, name: string): number {
  const id = accounts.idOf(name)
  if (id === undefined) throw new StartError(`there is no user ${name}`)
  return id
}

async function newPassword(
  name: string,
  { passwordStdin }: PasswordOptions,
  { input, inputText, write }: Process,
): Promise<string> {
  // `echo` ends the password with a newline that is not part of it.
  if (passwordStdin) return (await inputText()).replace(/\r?\n$/, '')
  const terminal = input()
  if (!terminal.isTTY)
    throw new StartError('there is no terminal to ask on: use --password-stdin', USAGE)
  const [first, second] = await askHidden(terminal, write, [
    `New password for ${name}: `,
    'Again: ',
  ])
  if (first === undefined || first !== second) throw new StartError('the two passwords differ')
  return first
}

const COLUMNS = ['NAME', 'ROLE', 'STATE', 'LAST LOGIN', 'SESSIONS']

function cellsOf(user: UserEntry): string[] {
  const state = [
    user.disabled && 'disabled',
    user.must_change_password && 'must change the password',
    user.expires_at !== null && `until ${timeOf(user.expires_at)}`,
  ].filter((word) => word !== false)
  return [
    user.username,
    user.role,
    state.join(', ') || 'enabled',
    user.last_login === null ? 'never' : timeOf(user.last_login),
    String(user.sessions),
  ]
}

/** Like `2026-01-05 13:00`, in the machine's time zone. */
function timeOf(unixSeconds: number): string {
  const format = { dateStyle: 'short', timeStyle: 'short' } as const
  return new Date(unixSeconds * 1000).toLocaleString('sv-SE', format)
}
