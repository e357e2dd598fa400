import { join } from 'node:path'
import type { UserEntry } from '../../src/accounts/users/model'
import { temporaryFolder } from '../support/executable'
import {
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakoneOptions,
} from '../support/test-musakone'
import { addUser, withRows } from '../support/user-rows'

/** Of everybody whom an admin makes here. */
export const PASSWORD = 'half a lemon cake'

export type Office = Awaited<ReturnType<typeof openOffice>>
export type SecurityNote = {
  event_type: string
  actor: string | null
  subject: string | null
  ip: string | null
  details: Record<string, unknown> | null
}

/** Musakone on a file, and an admin who looks after its users over HTTP. */
export async function openOffice(options: TestMusakoneOptions = {}) {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = await startTestMusakone({ ...options, databasePath })
  await musakone.online()
  let admin = await musakone.logIn()
  let people = 0
  let lastNote = 0

  async function ask(path: string, method = 'GET', json?: unknown, token = admin) {
    const response = await musakone.request(path, {
      method,
      token,
      ...(json !== undefined && { json }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  function nextName(): string {
    people += 1
    return `person-${people}`
  }

  const create = (json: Record<string, unknown>, token = admin) =>
    ask(
      '/api/users',
      'POST',
      { username: nextName(), password: PASSWORD, role: 'member', ...json },
      token,
    )

  /** What has been noted since the last time that it was asked, oldest first; no failed logins. */
  function notes(): SecurityNote[] {
    const found = withRows(databasePath, (rows) =>
      rows
        .query<SecurityNote & { id: number; details: never }, [number]>(
          `SELECT e.id, event_type, a.username AS actor, s.username AS subject, ip, details
             FROM security_events e
             LEFT JOIN users a ON a.id = e.user_id LEFT JOIN users s ON s.id = e.subject_id
            WHERE e.id > ? AND event_type <> 'login_failed' ORDER BY e.id`,
        )
        .all(lastNote),
    )
    lastNote = found.at(-1)?.id ?? lastNote
    return found.map(({ id: _, ...row }) => ({
      ...row,
      details: JSON.parse(row.details ?? 'null'),
    }))
  }

  return {
    databasePath,
    musakone,
    ask,
    create,
    notes,

    /** The token of the admin. */
    admin: (): string => admin,

    change: (id: number, json: unknown, token = admin) =>
      ask(`/api/users/${id}`, 'PATCH', json, token),
    remove: (id: number, token = admin) => ask(`/api/users/${id}`, 'DELETE', undefined, token),
    find: (id: number) => ask(`/api/users/${id}`),
    list: async (): Promise<UserEntry[]> => (await ask('/api/users')).body.users as UserEntry[],

    idOf: (username: string): number =>
      musakone.services.accounts.administration.idOf(username) ?? 0,

    statusOfMe: async (token: string): Promise<number> =>
      (await ask('/api/auth/me', 'GET', undefined, token)).status,

    logIn: async (username: string, password = PASSWORD): Promise<number> =>
      (await musakone.request('/api/auth/login', { json: { username, password } })).status,

    /** A new user who has logged in; what that left in the log counts as read. */
    async someone(json: Record<string, unknown> = {}) {
      const { status, body } = await create(json)
      if (status !== 201) throw new Error(`cannot make a user: ${JSON.stringify(body)}`)
      const { id, username } = body as UserEntry
      const token = await musakone.logIn(username, String(json.password ?? PASSWORD))
      notes()
      return { id, username, token }
    },

    /** Whoever is an admin by now: from here on `admin` is the only one again. */
    async restoreAdmin(): Promise<void> {
      withRows(databasePath, (rows) =>
        rows.run("DELETE FROM users WHERE role = 'admin' OR username = 'admin'"),
      )
      await addUser(databasePath, { username: 'admin', role: 'admin', password: TEST_PASSWORD })
      admin = await musakone.logIn()
    },
  }
}
