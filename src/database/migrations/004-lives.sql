-- The position of an open play at its last save, from which it continues after a restart.
ALTER TABLE plays ADD COLUMN position_ms INTEGER;
ALTER TABLE plays ADD COLUMN saved_at_ms INTEGER;

-- The user who queued a track: a row for each track that Mopidy has, or had, in its tracklist. After a
-- restart Mopidy counts tlids from 1 again, so the table is emptied then.
CREATE TABLE queue_entries (
  tlid      INTEGER PRIMARY KEY,
  track_uri TEXT    NOT NULL,
  user_id   INTEGER REFERENCES users (id) ON DELETE SET NULL,
  added_at  INTEGER NOT NULL,
  -- Queued by somebody who does not want to be remembered.
  private   INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1))
) STRICT;
CREATE INDEX queue_entries_by_user ON queue_entries (user_id);

-- The run of Mopidy, from start to restart, to which queue_entries belongs.
CREATE TABLE mopidy_life (
  id                INTEGER PRIMARY KEY CHECK (id = 1),
  -- When, by its own history, Mopidy started some track: a later life has not started it.
  started_track_ms  INTEGER,
  tracklist_version INTEGER NOT NULL
) STRICT;

CREATE INDEX plays_open ON plays (id) WHERE end_reason IS NULL;
-- Finds a rare kind of action among many others without reading those.
CREATE INDEX user_actions_by_kind ON user_actions (user_id, action_type, timestamp, id);
CREATE INDEX plays_by_ender ON plays (ended_by, started_at_ms) WHERE ended_by IS NOT NULL;

-- While it is on, the user's actions are not recorded.
ALTER TABLE users ADD COLUMN incognito INTEGER NOT NULL DEFAULT 0 CHECK (incognito IN (0, 1));
