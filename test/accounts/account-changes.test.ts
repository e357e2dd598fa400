import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createAccountChanges } from '../../src/accounts/account-changes'
import { type Database, openDatabase } from '../../src/database/database'
import { temporaryFolder } from '../support/executable'

/** Statements that another program might run, each of which ends or changes what somebody may do. */
const CHANGES = [
  "UPDATE users SET username = 'eve' WHERE id = 1",
  "UPDATE users SET password_hash = 'y' WHERE id = 1",
  "UPDATE users SET role = 'guest' WHERE id = 1",
  'UPDATE users SET must_change_password = 1 WHERE id = 1',
  'UPDATE users SET disabled = 1 WHERE id = 1',
  'UPDATE users SET expires_at = 1 WHERE id = 1',
  'DELETE FROM users WHERE id = 1',
  'DELETE FROM sessions WHERE id = 1',
  'UPDATE sessions SET expires_at = 1 WHERE id = 1',
  "UPDATE sessions SET role = 'guest' WHERE id = 1",
  "INSERT INTO roles VALUES ('guest', '[]', '{}')",
  "UPDATE roles SET permissions = '[]' WHERE role = 'member'",
  "DELETE FROM roles WHERE role = 'member'",
]

/** What is written all day, and changes nothing of that. */
const NO_CHANGES = [
  'UPDATE users SET last_login = 2 WHERE id = 1',
  'UPDATE sessions SET last_seen = 2 WHERE id = 1',
  `INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen)
   VALUES (1, 'other', 9, 1, 1)`,
  "INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (1, 'pause', 1)",
  "INSERT INTO security_events (event_type, user_id, timestamp) VALUES ('login', 1, 1)",
]

describe('changes of accounts', () => {
  let database: Database
  let outside: Database
  beforeEach(() => {
    const path = join(temporaryFolder(), 'musakone.db')
    database = openDatabase(path)
    outside = openDatabase(path)
    outside.sqlite.run(
      `INSERT INTO users (id, username, password_hash, role, created_at)
       VALUES (1, 'ada', 'x', 'member', 1);
       INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, last_seen)
       VALUES (1, 1, 'hash', 9, 1, 1);
       INSERT INTO roles VALUES ('member', '[]', '{}')`,
    )
  })
  afterEach(() => {
    outside.close()
    database.close()
  })

  test.each(CHANGES)('is seen, once, from outside: %s', (sql) => {
    const changes = createAccountChanges(database)
    expect(changes.any()).toBe(false)
    outside.sqlite.run(sql)
    expect(changes.any()).toBe(true)
    expect(changes.any()).toBe(false)
  })

  test('what cannot be read disturbs nobody, and is seen later', () => {
    const changes = createAccountChanges(database)
    outside.sqlite.run('ALTER TABLE account_changes RENAME TO hidden')
    expect(changes.any()).toBe(false)
    outside.sqlite.run('ALTER TABLE hidden RENAME TO account_changes')
    outside.sqlite.run("UPDATE users SET role = 'guest'")
    expect(changes.any()).toBe(true)
  })

  test.each(NO_CHANGES)('is none: %s', (sql) => {
    const changes = createAccountChanges(database)
    outside.sqlite.run(sql)
    expect(changes.any()).toBe(false)
  })
})
