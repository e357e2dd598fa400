-- The actions of users. Those of a deleted user stay, without the user, and count for the room.
CREATE TABLE user_actions (
  id          INTEGER PRIMARY KEY,
  user_id     INTEGER REFERENCES users (id) ON DELETE SET NULL,
  action_type TEXT    NOT NULL,
  track_uri   TEXT,
  track_name  TEXT,
  artist      TEXT,
  position_ms INTEGER,
  metadata    TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  timestamp   INTEGER NOT NULL
) STRICT;

CREATE INDEX user_actions_by_user ON user_actions (user_id, timestamp, id);
CREATE INDEX user_actions_by_time ON user_actions (timestamp, id);

-- The tracks that were heard, whoever started them: a row for each time.
CREATE TABLE plays (
  id            INTEGER PRIMARY KEY,
  tlid          INTEGER,
  track_uri     TEXT    NOT NULL,
  track_name    TEXT,
  artist        TEXT,
  album         TEXT,
  length_ms     INTEGER, -- NULL for a stream
  queued_by     INTEGER REFERENCES users (id) ON DELETE SET NULL,
  started_by    INTEGER REFERENCES users (id) ON DELETE SET NULL,
  started_at_ms INTEGER NOT NULL, -- Unix milliseconds
  listened_ms   INTEGER NOT NULL DEFAULT 0,
  end_reason    TEXT CHECK (end_reason IN ('finished', 'skipped', 'stopped', 'replaced', 'lost')),
  ended_by      INTEGER REFERENCES users (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX plays_by_queuer ON plays (queued_by, started_at_ms);
CREATE INDEX plays_by_starter ON plays (started_by, started_at_ms);
CREATE INDEX plays_by_time ON plays (started_at_ms);
