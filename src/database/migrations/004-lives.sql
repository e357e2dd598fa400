-- Where in its track an open play was when it was last written down: after a restart it goes on there.
ALTER TABLE plays ADD COLUMN position_ms INTEGER;
ALTER TABLE plays ADD COLUMN saved_at_ms INTEGER;

-- Who queued what: a row a track that Mopidy has, or had, in its tracklist. tlids count from 1 again in
-- each life of Mopidy, so the table is emptied when another one has begun.
CREATE TABLE queue_entries (
  tlid      INTEGER PRIMARY KEY,
  track_uri TEXT    NOT NULL,
  user_id   INTEGER REFERENCES users (id) ON DELETE SET NULL,
  added_at  INTEGER NOT NULL,
  -- Queued by somebody who does not want to be remembered.
  private   INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1))
) STRICT;
CREATE INDEX queue_entries_by_user ON queue_entries (user_id);

-- The life of Mopidy that queue_entries is about.
CREATE TABLE mopidy_life (
  id                INTEGER PRIMARY KEY CHECK (id = 1),
  -- When, by its own history, Mopidy started some track: a later life has not started it.
  started_track_ms  INTEGER,
  tracklist_version INTEGER NOT NULL
) STRICT;

CREATE INDEX plays_open ON plays (id) WHERE end_reason IS NULL;
-- A rare kind of action among many others is found at once.
CREATE INDEX user_actions_by_kind ON user_actions (user_id, action_type, timestamp, id);
CREATE INDEX plays_by_ender ON plays (ended_by, started_at_ms) WHERE ended_by IS NOT NULL;

-- While it is on, nothing of what the user does is kept.
ALTER TABLE users ADD COLUMN incognito INTEGER NOT NULL DEFAULT 0 CHECK (incognito IN (0, 1));
