-- Names are compared by this key, since NOCASE folds ASCII letters only.
ALTER TABLE users ADD COLUMN name_key TEXT;
UPDATE users SET name_key = lower(username);
CREATE UNIQUE INDEX users_by_name_key ON users (name_key);
-- For rows that a person inserts with another program.
CREATE TRIGGER users_name_key AFTER INSERT ON users WHEN NEW.name_key IS NULL
BEGIN
  UPDATE users SET name_key = lower(NEW.username) WHERE id = NEW.id;
END;

-- When an account ends by itself.
ALTER TABLE users ADD COLUMN expires_at INTEGER;
-- Counts the changes that end the user's open sockets, whichever program makes them.
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER users_version
AFTER UPDATE OF password_hash, role, must_change_password, disabled, expires_at ON users
BEGIN
  UPDATE users SET version = version + 1 WHERE id = NEW.id;
END;

-- The invite by which a guest came; the account ends with it.
ALTER TABLE users ADD COLUMN invite_id INTEGER REFERENCES invites (id) ON DELETE SET NULL;
CREATE INDEX users_by_invite ON users (invite_id);

-- Links that make accounts. The code in a link is computed from the row and the server's secret, so this
-- table holds nothing that lets anybody in.
CREATE TABLE invites (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL DEFAULT '',
  role       TEXT    NOT NULL CHECK (role IN ('member', 'guest')),
  created_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  max_uses   INTEGER, -- NULL: as many as come
  uses       INTEGER NOT NULL DEFAULT 0,
  ended_at   INTEGER
) STRICT;

-- The invites of a deleted user end.
CREATE TRIGGER invites_end_with_creator BEFORE DELETE ON users
BEGIN
  UPDATE invites SET ended_at = unixepoch() WHERE created_by = OLD.id AND ended_at IS NULL;
END;

-- A session is a login, an API key, or a login that a trusted proxy reports.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'login'
  CHECK (kind IN ('login', 'key', 'header'));
-- The name and the role of an API key.
ALTER TABLE sessions ADD COLUMN name TEXT;
ALTER TABLE sessions ADD COLUMN role TEXT CHECK (role IN ('admin', 'member', 'guest'));

-- Roles that an admin has changed; one without a row has the program's defaults.
CREATE TABLE roles (
  role        TEXT PRIMARY KEY CHECK (role IN ('member', 'guest')),
  permissions TEXT NOT NULL CHECK (json_valid(permissions)), -- a list of names
  limits      TEXT NOT NULL CHECK (json_valid(limits))
) STRICT;

-- Logins, refused logins, and changes of accounts.
CREATE TABLE security_events (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  event_type TEXT    NOT NULL,
  user_id    INTEGER REFERENCES users (id) ON DELETE SET NULL, -- who did it
  subject_id INTEGER REFERENCES users (id) ON DELETE SET NULL, -- to whom
  ip         TEXT,
  details    TEXT CHECK (details IS NULL OR json_valid(details)),
  timestamp  INTEGER NOT NULL
) STRICT;

CREATE INDEX security_events_by_user ON security_events (user_id);
CREATE INDEX security_events_by_subject ON security_events (subject_id);
-- Anybody can cause these events, so they are deleted first.
CREATE INDEX security_events_of_failure ON security_events (id)
 WHERE event_type IN ('login_failed', 'login_locked');
