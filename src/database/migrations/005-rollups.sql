-- Counts of actions and plays, so that statistics need not read years of rows. Triggers update them in the
-- transaction that changes a row, whichever program changes it; fill-rollups.sql computes them from nothing.
-- A subject is a user, or 0 for the room: everybody together, without searches, which are private.
-- Days, hours and periods are in UTC; hours have quarters, since some time zones differ by 15 minutes.

-- The owner of a play is the user who queued it or, when no user did, the user who started it. When the owner
-- is deleted it stays empty, so that a track that one user queued never counts for the user who started it.
ALTER TABLE plays ADD COLUMN owner_id INTEGER;
UPDATE plays SET owner_id = COALESCE(queued_by, started_by);
CREATE INDEX plays_by_owner ON plays (owner_id, started_at_ms);

CREATE TABLE action_days (
  subject     INTEGER NOT NULL,
  action_type TEXT    NOT NULL,
  day         INTEGER NOT NULL, -- since 1970
  actions     INTEGER NOT NULL,
  PRIMARY KEY (subject, action_type, day)
) STRICT, WITHOUT ROWID;

-- Plays count once they have ended, on the day and in the quarter of an hour in which they began.
CREATE TABLE play_days (
  subject         INTEGER NOT NULL,
  day             INTEGER NOT NULL,
  plays           INTEGER NOT NULL,
  listened_ms     INTEGER NOT NULL,
  finished        INTEGER NOT NULL,
  queued          INTEGER NOT NULL,
  skipped         INTEGER NOT NULL,
  skipped_by_self INTEGER NOT NULL,
  PRIMARY KEY (subject, day)
) STRICT, WITHOUT ROWID;

-- The actions, plays and listened milliseconds of each hour, and of its quarters after the first.
CREATE TABLE active_hours (
  subject INTEGER NOT NULL,
  hour    INTEGER NOT NULL, -- since 1970
  actions   INTEGER NOT NULL DEFAULT 0,
  plays     INTEGER NOT NULL DEFAULT 0,
  ms        INTEGER NOT NULL DEFAULT 0,
  actions_1 INTEGER NOT NULL DEFAULT 0,
  actions_2 INTEGER NOT NULL DEFAULT 0,
  actions_3 INTEGER NOT NULL DEFAULT 0,
  plays_1   INTEGER NOT NULL DEFAULT 0,
  plays_2   INTEGER NOT NULL DEFAULT 0,
  plays_3   INTEGER NOT NULL DEFAULT 0,
  ms_1      INTEGER NOT NULL DEFAULT 0,
  ms_2      INTEGER NOT NULL DEFAULT 0,
  ms_3      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (subject, hour)
) STRICT, WITHOUT ROWID;

-- The tracks that were queued or played, by the name that they were last known by.
CREATE TABLE known_tracks (
  id       INTEGER PRIMARY KEY,
  uri      TEXT    NOT NULL UNIQUE,
  name     TEXT,
  artist   TEXT,
  named_at INTEGER NOT NULL,
  uses     INTEGER NOT NULL -- rows that name it
) STRICT;

-- The names of artists, and of albums with their artists, as ["title","artist"].
CREATE TABLE known_names (
  id   INTEGER PRIMARY KEY,
  text TEXT    NOT NULL UNIQUE,
  uses INTEGER NOT NULL
) STRICT;

-- How often a track was queued (list 1) or played (list 3) in a day, by the artist and album that it had
-- then; 0 where there is none.
CREATE TABLE day_tops (
  subject     INTEGER NOT NULL,
  list        INTEGER NOT NULL,
  period      INTEGER NOT NULL, -- the day, as 20260105
  track       INTEGER NOT NULL,
  artist      INTEGER NOT NULL,
  album       INTEGER NOT NULL,
  times       INTEGER NOT NULL,
  listened_ms INTEGER NOT NULL,
  skipped     INTEGER NOT NULL,
  PRIMARY KEY (subject, list, period, track, artist, album)
) STRICT, WITHOUT ROWID;

-- How often each item of a list occurs in a month (202601), a year (2026), or all of the time (0):
-- 1 tracks queued, 2 artists queued, 3 tracks played, 4 artists played, 5 albums played, 6 tracks
-- skipped, 7 searches, these in a day too.
CREATE TABLE tops (
  subject     INTEGER NOT NULL,
  list        INTEGER NOT NULL,
  period      INTEGER NOT NULL,
  item        ANY     NOT NULL, -- the id of a track or a name; of a search its text
  times       INTEGER NOT NULL,
  listened_ms INTEGER NOT NULL,
  PRIMARY KEY (subject, list, period, item)
) STRICT, WITHOUT ROWID;
-- Keeps only frequent items in order: a short list is sorted quickly, and a rare item is never at the top of
-- a long one. So most writes do not touch this index.
CREATE INDEX tops_in_order ON tops (subject, list, period, times DESC, listened_ms DESC, item)
 WHERE times >= iif(period = 0, 64, 8);
-- SQLite uses the index only for a query with the same condition.
CREATE VIEW frequent_tops AS SELECT * FROM tops WHERE times >= iif(period = 0, 64, 8);

-- The subjects for which an action counts. The join leaves out a user who is being deleted, whose counts are
-- gone already.
CREATE VIEW countable_actions AS
SELECT id, 0 AS subject, action_type, track_uri, track_name, artist, NULL AS searched, timestamp
  FROM user_actions WHERE action_type <> 'search'
UNION ALL
SELECT user_actions.id, users.id, action_type, track_uri, track_name, artist,
       iif(action_type = 'search', lower(json_extract(metadata, '$.query')), NULL), timestamp
  FROM user_actions JOIN users ON users.id = user_id;

-- The subjects for which a play counts. For a user, a play is skipped when another user skipped it; for the
-- room, when anybody did.
CREATE VIEW countable_plays AS
SELECT id, 0 AS subject, TRUE AS queued, end_reason = 'skipped' AS skipped, FALSE AS skipped_by_self,
       owner_id AS owner, track_uri, track_name, artist,
       iif(album IS NULL, NULL, json_array(album, artist)) AS album,
       started_at_ms, listened_ms, end_reason
  FROM plays WHERE end_reason IS NOT NULL
UNION ALL
SELECT plays.id, users.id, queued_by IS owner_id,
       queued_by IS owner_id AND end_reason = 'skipped' AND ended_by IS NOT owner_id,
       queued_by IS owner_id AND end_reason = 'skipped' AND ended_by IS owner_id,
       owner_id, track_uri, track_name, artist,
       iif(album IS NULL, NULL, json_array(album, artist)), started_at_ms, listened_ms, end_reason
  FROM plays JOIN users ON users.id = owner_id WHERE end_reason IS NOT NULL;

-- A row inserted into these views is added to the counts, with sign -1 subtracted.
CREATE VIEW counted_actions AS SELECT 1 AS sign, * FROM countable_actions WHERE FALSE;
CREATE VIEW counted_plays AS SELECT 1 AS sign, * FROM countable_plays WHERE FALSE;
CREATE VIEW counted_tracks AS
SELECT 1 AS sign, subject, list, track, artist, album, listened_ms, skipped, 0 AS at
  FROM day_tops WHERE FALSE;
CREATE VIEW counted_items AS
SELECT 1 AS sign, subject, list, item, listened_ms, 0 AS at FROM tops WHERE FALSE;
CREATE VIEW used_names AS
SELECT 1 AS sign, uri, name, artist, '' AS album, named_at FROM known_tracks WHERE FALSE;

CREATE TRIGGER count_action INSTEAD OF INSERT ON counted_actions
BEGIN
  INSERT INTO action_days (subject, action_type, day, actions)
  VALUES (NEW.subject, NEW.action_type, NEW.timestamp / 86400, NEW.sign)
  ON CONFLICT DO UPDATE SET actions = actions + excluded.actions;

  INSERT INTO active_hours (subject, hour, actions, actions_1, actions_2, actions_3)
  SELECT NEW.subject, NEW.timestamp / 3600, NEW.sign, NEW.sign * (quarter = 1),
         NEW.sign * (quarter = 2), NEW.sign * (quarter = 3)
    FROM (SELECT NEW.timestamp / 900 % 4 AS quarter)
   WHERE TRUE
  ON CONFLICT DO UPDATE SET actions = actions + excluded.actions,
                            actions_1 = actions_1 + excluded.actions_1,
                            actions_2 = actions_2 + excluded.actions_2,
                            actions_3 = actions_3 + excluded.actions_3;

  DELETE FROM action_days
   WHERE NEW.sign < 0 AND subject = NEW.subject AND action_type = NEW.action_type
     AND day = NEW.timestamp / 86400 AND actions = 0;
  DELETE FROM active_hours
   WHERE NEW.sign < 0 AND subject = NEW.subject AND hour = NEW.timestamp / 3600
     AND actions = 0 AND plays = 0;
END;

CREATE TRIGGER count_queued INSTEAD OF INSERT ON counted_actions WHEN NEW.action_type = 'queue_add'
BEGIN
  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist, NULL, NEW.timestamp * 1000
   WHERE NEW.sign > 0 AND NEW.subject = 0;
  INSERT INTO counted_tracks (sign, subject, list, track, artist, album, listened_ms, skipped, at)
  SELECT NEW.sign, NEW.subject, 1,
         COALESCE((SELECT id FROM known_tracks WHERE uri = NEW.track_uri), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.artist), 0), 0, 0, 0, NEW.timestamp;
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, NEW.track_uri, NEW.artist, NULL WHERE NEW.sign < 0 AND NEW.subject = 0;
END;

CREATE TRIGGER count_search INSTEAD OF INSERT ON counted_actions WHEN NEW.searched IS NOT NULL
BEGIN
  INSERT INTO counted_items (sign, subject, list, item, listened_ms, at)
  VALUES (NEW.sign, NEW.subject, 7, NEW.searched, 0, NEW.timestamp);
END;

CREATE TRIGGER count_play INSTEAD OF INSERT ON counted_plays
BEGIN
  INSERT INTO play_days (subject, day, plays, listened_ms, finished, queued, skipped, skipped_by_self)
  VALUES (NEW.subject, NEW.started_at_ms / 86400000, NEW.sign, NEW.sign * NEW.listened_ms,
          NEW.sign * (NEW.end_reason = 'finished'), NEW.sign * NEW.queued, NEW.sign * NEW.skipped,
          NEW.sign * NEW.skipped_by_self)
  ON CONFLICT DO UPDATE SET plays = plays + excluded.plays,
                            listened_ms = listened_ms + excluded.listened_ms,
                            finished = finished + excluded.finished,
                            queued = queued + excluded.queued,
                            skipped = skipped + excluded.skipped,
                            skipped_by_self = skipped_by_self + excluded.skipped_by_self;

  INSERT INTO active_hours
    (subject, hour, plays, plays_1, plays_2, plays_3, ms, ms_1, ms_2, ms_3)
  SELECT NEW.subject, NEW.started_at_ms / 3600000,
         NEW.sign, NEW.sign * (quarter = 1), NEW.sign * (quarter = 2), NEW.sign * (quarter = 3),
         ms, ms * (quarter = 1), ms * (quarter = 2), ms * (quarter = 3)
    FROM (SELECT NEW.started_at_ms / 900000 % 4 AS quarter, NEW.sign * NEW.listened_ms AS ms)
   WHERE TRUE
  ON CONFLICT DO UPDATE SET plays = plays + excluded.plays, plays_1 = plays_1 + excluded.plays_1,
                            plays_2 = plays_2 + excluded.plays_2, plays_3 = plays_3 + excluded.plays_3,
                            ms = ms + excluded.ms, ms_1 = ms_1 + excluded.ms_1,
                            ms_2 = ms_2 + excluded.ms_2, ms_3 = ms_3 + excluded.ms_3;

  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist, NEW.album, NEW.started_at_ms
   WHERE NEW.sign > 0 AND NEW.subject = 0;
  INSERT INTO counted_tracks (sign, subject, list, track, artist, album, listened_ms, skipped, at)
  SELECT NEW.sign, NEW.subject, 3,
         COALESCE((SELECT id FROM known_tracks WHERE uri = NEW.track_uri), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.artist), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.album), 0),
         NEW.listened_ms, NEW.skipped, NEW.started_at_ms / 1000;
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, NEW.track_uri, NEW.artist, NEW.album WHERE NEW.sign < 0 AND NEW.subject = 0;

  DELETE FROM play_days
   WHERE NEW.sign < 0 AND subject = NEW.subject AND day = NEW.started_at_ms / 86400000 AND plays = 0;
  DELETE FROM active_hours
   WHERE NEW.sign < 0 AND subject = NEW.subject AND hour = NEW.started_at_ms / 3600000
     AND actions = 0 AND plays = 0;
END;

-- A date of a far future, from a wrong clock, must not make the insert fail.
CREATE TRIGGER count_item INSTEAD OF INSERT ON counted_items
BEGIN
  INSERT INTO tops (subject, list, period, item, times, listened_ms)
  SELECT NEW.subject, NEW.list, date / column1, NEW.item, NEW.sign, NEW.sign * NEW.listened_ms
    FROM (SELECT COALESCE(strftime('%Y%m%d', NEW.at, 'unixepoch'), '99991231') AS date),
         (VALUES (1), (100), (10000), (100000000))
   WHERE column1 > 1 OR NEW.list = 7
  ON CONFLICT DO UPDATE SET times = times + excluded.times,
                            listened_ms = listened_ms + excluded.listened_ms;

  DELETE FROM tops
   WHERE NEW.sign < 0 AND subject = NEW.subject AND list = NEW.list AND item = NEW.item AND times = 0
     AND period IN (SELECT COALESCE(strftime('%Y%m%d', NEW.at, 'unixepoch'), '99991231') / column1
                      FROM (VALUES (1), (100), (10000), (100000000)));
END;

CREATE TRIGGER count_track INSTEAD OF INSERT ON counted_tracks
BEGIN
  INSERT INTO day_tops (subject, list, period, track, artist, album, times, listened_ms, skipped)
  VALUES (NEW.subject, NEW.list, COALESCE(strftime('%Y%m%d', NEW.at, 'unixepoch'), '99991231') / 1,
          NEW.track, NEW.artist, NEW.album, NEW.sign, NEW.sign * NEW.listened_ms,
          NEW.sign * NEW.skipped)
  ON CONFLICT DO UPDATE SET times = times + excluded.times,
                            listened_ms = listened_ms + excluded.listened_ms,
                            skipped = skipped + excluded.skipped;

  INSERT INTO counted_items (sign, subject, list, item, listened_ms, at)
  SELECT NEW.sign, NEW.subject, its_list, item, ms, NEW.at
    FROM (SELECT 1 AS its_list, NEW.track AS item, 0 AS ms WHERE NEW.list = 1
          UNION ALL SELECT 2, NEW.artist, 0 WHERE NEW.list = 1
          UNION ALL SELECT 3, NEW.track, NEW.listened_ms WHERE NEW.list = 3
          UNION ALL SELECT 4, NEW.artist, NEW.listened_ms WHERE NEW.list = 3
          UNION ALL SELECT 5, NEW.album, NEW.listened_ms WHERE NEW.list = 3
          UNION ALL SELECT 6, NEW.track, 0 WHERE NEW.skipped)
   WHERE item <> 0;

  DELETE FROM day_tops
   WHERE NEW.sign < 0 AND subject = NEW.subject AND list = NEW.list AND track = NEW.track
     AND artist = NEW.artist AND album = NEW.album AND times = 0
     AND period = COALESCE(strftime('%Y%m%d', NEW.at, 'unixepoch'), '99991231') / 1;
END;

CREATE TRIGGER use_names INSTEAD OF INSERT ON used_names WHEN NEW.sign > 0
BEGIN
  INSERT INTO known_tracks (uri, name, artist, named_at, uses)
  SELECT NEW.uri, NEW.name, NEW.artist, NEW.named_at, 1 WHERE NEW.uri IS NOT NULL
  ON CONFLICT (uri) DO UPDATE
    SET name = iif(excluded.named_at >= named_at, excluded.name, name),
        artist = iif(excluded.named_at >= named_at, excluded.artist, artist),
        named_at = MAX(named_at, excluded.named_at), uses = uses + 1;
  INSERT INTO known_names (text, uses)
  SELECT text, 1 FROM (SELECT NEW.artist AS text UNION ALL SELECT NEW.album) WHERE text IS NOT NULL
  ON CONFLICT (text) DO UPDATE SET uses = uses + 1;
END;

CREATE TRIGGER disuse_names INSTEAD OF INSERT ON used_names WHEN NEW.sign < 0
BEGIN
  UPDATE known_tracks SET uses = uses - 1 WHERE uri = NEW.uri;
  DELETE FROM known_tracks WHERE uri = NEW.uri AND uses = 0;
  UPDATE known_names SET uses = uses - 1 WHERE text IN (NEW.artist, NEW.album);
  DELETE FROM known_names WHERE text IN (NEW.artist, NEW.album) AND uses = 0;
END;

-- The room, which keeps the names, is first when a row is added and last when it is subtracted.
CREATE TRIGGER user_actions_inserted AFTER INSERT ON user_actions
BEGIN
  INSERT INTO counted_actions
  SELECT 1, * FROM countable_actions WHERE id = NEW.id ORDER BY subject;
END;

CREATE TRIGGER user_actions_deleted BEFORE DELETE ON user_actions
BEGIN
  INSERT INTO counted_actions
  SELECT -1, * FROM countable_actions WHERE id = OLD.id ORDER BY subject DESC;
END;

-- A change of nothing but the user does not change the counts of the room.
CREATE TRIGGER user_actions_to_change
BEFORE UPDATE OF user_id, action_type, track_uri, track_name, artist, metadata, timestamp ON user_actions
WHEN OLD.user_id IS NOT NEW.user_id OR OLD.action_type IS NOT NEW.action_type
  OR OLD.track_uri IS NOT NEW.track_uri OR OLD.track_name IS NOT NEW.track_name
  OR OLD.artist IS NOT NEW.artist OR OLD.timestamp IS NOT NEW.timestamp
  OR (NEW.action_type = 'search' AND OLD.metadata IS NOT NEW.metadata)
BEGIN
  INSERT INTO counted_actions
  SELECT -1, * FROM countable_actions
   WHERE id = OLD.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp
                  EXCEPT
                  SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp))
   ORDER BY subject DESC;
END;

CREATE TRIGGER user_actions_changed
AFTER UPDATE OF user_id, action_type, track_uri, track_name, artist, metadata, timestamp ON user_actions
WHEN OLD.user_id IS NOT NEW.user_id OR OLD.action_type IS NOT NEW.action_type
  OR OLD.track_uri IS NOT NEW.track_uri OR OLD.track_name IS NOT NEW.track_name
  OR OLD.artist IS NOT NEW.artist OR OLD.timestamp IS NOT NEW.timestamp
  OR (NEW.action_type = 'search' AND OLD.metadata IS NOT NEW.metadata)
BEGIN
  INSERT INTO counted_actions
  SELECT 1, * FROM countable_actions
   WHERE id = NEW.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp
                  EXCEPT
                  SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp))
   ORDER BY subject;
END;

CREATE TRIGGER plays_inserted AFTER INSERT ON plays
BEGIN
  UPDATE plays SET owner_id = COALESCE(NEW.queued_by, NEW.started_by) WHERE id = NEW.id;
  INSERT INTO counted_plays
  SELECT 1, * FROM countable_plays WHERE id = NEW.id ORDER BY subject;
END;

CREATE TRIGGER plays_deleted BEFORE DELETE ON plays WHEN OLD.end_reason IS NOT NULL
BEGIN
  INSERT INTO counted_plays
  SELECT -1, * FROM countable_plays WHERE id = OLD.id ORDER BY subject DESC;
END;

-- An open play is saved repeatedly, which must not touch the counts.
CREATE TRIGGER plays_to_change
BEFORE UPDATE OF queued_by, started_by, ended_by, end_reason, listened_ms, started_at_ms,
                 track_uri, track_name, artist, album ON plays
WHEN OLD.end_reason IS NOT NULL
 AND EXISTS (SELECT OLD.queued_by, OLD.started_by, OLD.ended_by IS OLD.owner_id, OLD.end_reason,
                    OLD.listened_ms, OLD.started_at_ms, OLD.track_uri, OLD.track_name, OLD.artist,
                    OLD.album
             EXCEPT
             SELECT NEW.queued_by, NEW.started_by, NEW.ended_by IS OLD.owner_id, NEW.end_reason,
                    NEW.listened_ms, NEW.started_at_ms, NEW.track_uri, NEW.track_name, NEW.artist,
                    NEW.album)
BEGIN
  INSERT INTO counted_plays
  SELECT -1, * FROM countable_plays
   WHERE id = OLD.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                         OLD.track_name, OLD.artist, OLD.album
                  EXCEPT
                  SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                         NEW.track_name, NEW.artist, NEW.album))
   ORDER BY subject DESC;
END;

CREATE TRIGGER plays_changed
AFTER UPDATE OF queued_by, started_by, ended_by, end_reason, listened_ms, started_at_ms,
                track_uri, track_name, artist, album ON plays
WHEN (NEW.end_reason IS NOT NULL
 AND EXISTS (SELECT OLD.queued_by, OLD.started_by, OLD.ended_by IS OLD.owner_id, OLD.end_reason,
                    OLD.listened_ms, OLD.started_at_ms, OLD.track_uri, OLD.track_name, OLD.artist,
                    OLD.album
             EXCEPT
             SELECT NEW.queued_by, NEW.started_by, NEW.ended_by IS OLD.owner_id, NEW.end_reason,
                    NEW.listened_ms, NEW.started_at_ms, NEW.track_uri, NEW.track_name, NEW.artist,
                    NEW.album))
  OR OLD.queued_by IS NOT NEW.queued_by OR OLD.started_by IS NOT NEW.started_by
BEGIN
  UPDATE plays
     SET owner_id = CASE WHEN OLD.queued_by IS NOT NEW.queued_by THEN NEW.queued_by
                         WHEN NEW.queued_by IS NULL AND OLD.owner_id IS OLD.started_by
                         THEN NEW.started_by
                         ELSE OLD.owner_id END
   WHERE id = NEW.id;
  INSERT INTO counted_plays
  SELECT 1, * FROM countable_plays
   WHERE id = NEW.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                         OLD.track_name, OLD.artist, OLD.album
                  EXCEPT
                  SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                         NEW.track_name, NEW.artist, NEW.album))
   ORDER BY subject;
END;

-- Deletes the counts of the user at once; the triggers would subtract them row by row.
CREATE TRIGGER users_counts_deleted BEFORE DELETE ON users
BEGIN
  DELETE FROM action_days WHERE subject = OLD.id;
  DELETE FROM active_hours WHERE subject = OLD.id;
  DELETE FROM play_days WHERE subject = OLD.id;
  DELETE FROM day_tops WHERE subject = OLD.id;
  DELETE FROM tops WHERE subject = OLD.id;
END;
