-- What a person has brought by an import counts for that person and never for the room: anybody could make
-- up such rows. What was imported before this migration cannot be told apart.
-- The id of the user who brought the row; NULL for what was recorded here. No reference to `users`: when
-- the account is deleted the row must not begin to count for the room.
ALTER TABLE user_actions ADD COLUMN brought_by INTEGER;
ALTER TABLE plays ADD COLUMN brought_by INTEGER;
-- 0 where the totals could not be written, as when a sum has no room for one more: the play is kept, and
-- left out of all counts.
ALTER TABLE plays ADD COLUMN counted INTEGER NOT NULL DEFAULT 1 CHECK (counted IN (0, 1));

-- An import could claim that a play lasted longer than people live, until a total of the room overflowed
-- and no play could be written any more. Such rows count no more: at most a year is believed. Where nothing
-- has been counted yet there is nothing to subtract; the last line of this file does the rest.
UPDATE plays SET counted = 0
 WHERE listened_ms NOT BETWEEN 0 AND 366 * 86400000 AND NOT EXISTS (SELECT 1 FROM play_days);

-- The room's rows are read by time without stepping over what was brought.
DROP INDEX user_actions_by_time;
CREATE INDEX user_actions_of_room ON user_actions (timestamp, id) WHERE brought_by IS NULL;
CREATE INDEX user_actions_brought
    ON user_actions (brought_by, timestamp, action_type, track_uri, position_ms)
 WHERE brought_by IS NOT NULL;
DROP INDEX plays_by_time;
CREATE INDEX plays_of_room ON plays (started_at_ms) WHERE brought_by IS NULL;
CREATE INDEX plays_brought ON plays (brought_by, started_at_ms, track_uri)
 WHERE brought_by IS NOT NULL;

-- How much of a user's day was brought: the rest is what the room has heard of it.
ALTER TABLE play_days ADD COLUMN brought INTEGER NOT NULL DEFAULT 0;
ALTER TABLE play_days ADD COLUMN brought_ms INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER user_actions_inserted;
DROP TRIGGER user_actions_deleted;
DROP TRIGGER user_actions_to_change;
DROP TRIGGER user_actions_changed;
DROP TRIGGER plays_inserted;
DROP TRIGGER plays_deleted;
DROP TRIGGER plays_to_change;
DROP TRIGGER plays_changed;
DROP TRIGGER count_queued;
DROP VIEW counted_plays;
DROP VIEW countable_actions;
DROP VIEW countable_plays;

-- The subjects for which an action counts. The join leaves out a user who is being deleted, whose counts are
-- gone already.
CREATE VIEW countable_actions AS
SELECT id, 0 AS subject, action_type, track_uri, track_name, artist, NULL AS searched, timestamp
  FROM user_actions WHERE action_type <> 'search' AND brought_by IS NULL
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
       started_at_ms, listened_ms, end_reason, FALSE AS brought
  FROM plays WHERE end_reason IS NOT NULL AND counted = 1 AND brought_by IS NULL
UNION ALL
SELECT plays.id, users.id, queued_by IS owner_id,
       queued_by IS owner_id AND end_reason = 'skipped' AND ended_by IS NOT owner_id,
       queued_by IS owner_id AND end_reason = 'skipped' AND ended_by IS owner_id,
       owner_id, track_uri, track_name, artist,
       iif(album IS NULL, NULL, json_array(album, artist)), started_at_ms, listened_ms, end_reason,
       brought_by IS NOT NULL
  FROM plays JOIN users ON users.id = owner_id WHERE end_reason IS NOT NULL AND counted = 1;

CREATE VIEW counted_plays AS SELECT 1 AS sign, * FROM countable_plays WHERE FALSE;

CREATE TRIGGER count_queued INSTEAD OF INSERT ON counted_actions WHEN NEW.action_type = 'queue_add'
BEGIN
  INSERT INTO counted_tracks (sign, subject, list, track, artist, album, listened_ms, skipped, at)
  SELECT NEW.sign, NEW.subject, 1,
         COALESCE((SELECT id FROM known_tracks WHERE uri = NEW.track_uri), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.artist), 0), 0, 0, 0, NEW.timestamp;
END;

CREATE TRIGGER count_play INSTEAD OF INSERT ON counted_plays
BEGIN
  INSERT INTO play_days (subject, day, plays, listened_ms, finished, queued, skipped, skipped_by_self,
                         brought, brought_ms)
  VALUES (NEW.subject, NEW.started_at_ms / 86400000, NEW.sign, NEW.sign * NEW.listened_ms,
          NEW.sign * (NEW.end_reason = 'finished'), NEW.sign * NEW.queued, NEW.sign * NEW.skipped,
          NEW.sign * NEW.skipped_by_self, NEW.sign * NEW.brought,
          NEW.sign * NEW.brought * NEW.listened_ms)
  ON CONFLICT DO UPDATE SET plays = plays + excluded.plays,
                            listened_ms = listened_ms + excluded.listened_ms,
                            finished = finished + excluded.finished,
                            queued = queued + excluded.queued,
                            skipped = skipped + excluded.skipped,
                            skipped_by_self = skipped_by_self + excluded.skipped_by_self,
                            brought = brought + excluded.brought,
                            brought_ms = brought_ms + excluded.brought_ms;

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

  INSERT INTO counted_tracks (sign, subject, list, track, artist, album, listened_ms, skipped, at)
  SELECT NEW.sign, NEW.subject, 3,
         COALESCE((SELECT id FROM known_tracks WHERE uri = NEW.track_uri), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.artist), 0),
         COALESCE((SELECT id FROM known_names WHERE text = NEW.album), 0),
         NEW.listened_ms, NEW.skipped, NEW.started_at_ms / 1000;

  DELETE FROM play_days
   WHERE NEW.sign < 0 AND subject = NEW.subject AND day = NEW.started_at_ms / 86400000 AND plays = 0;
  DELETE FROM active_hours
   WHERE NEW.sign < 0 AND subject = NEW.subject AND hour = NEW.started_at_ms / 3600000
     AND actions = 0 AND plays = 0;
END;

-- The names stand in the tables before a row is counted, and go after it is subtracted. What was brought
-- gives a track its name only while the room knows none.
CREATE TRIGGER user_actions_inserted AFTER INSERT ON user_actions
BEGIN
  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist, NULL,
         iif(NEW.brought_by IS NULL, NEW.timestamp * 1000, -1)
   WHERE NEW.action_type = 'queue_add';
  INSERT INTO counted_actions SELECT 1, * FROM countable_actions WHERE id = NEW.id;
END;

CREATE TRIGGER user_actions_deleted BEFORE DELETE ON user_actions
BEGIN
  INSERT INTO counted_actions SELECT -1, * FROM countable_actions WHERE id = OLD.id;
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, OLD.track_uri, OLD.artist, NULL WHERE OLD.action_type = 'queue_add';
END;

-- A change of nothing but the user does not change the counts of the room.
CREATE TRIGGER user_actions_to_change
BEFORE UPDATE OF user_id, action_type, track_uri, track_name, artist, metadata, timestamp, brought_by
    ON user_actions
WHEN OLD.user_id IS NOT NEW.user_id OR OLD.action_type IS NOT NEW.action_type
  OR OLD.track_uri IS NOT NEW.track_uri OR OLD.track_name IS NOT NEW.track_name
  OR OLD.artist IS NOT NEW.artist OR OLD.timestamp IS NOT NEW.timestamp
  OR OLD.brought_by IS NOT NEW.brought_by
  OR (NEW.action_type = 'search' AND OLD.metadata IS NOT NEW.metadata)
BEGIN
  INSERT INTO counted_actions
  SELECT -1, * FROM countable_actions
   WHERE id = OLD.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp,
                         OLD.brought_by
                  EXCEPT
                  SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp,
                         NEW.brought_by));
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, OLD.track_uri, OLD.artist, NULL
   WHERE OLD.action_type = 'queue_add'
     AND EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp,
                       OLD.brought_by
                EXCEPT
                SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp,
                       NEW.brought_by);
END;

CREATE TRIGGER user_actions_changed
AFTER UPDATE OF user_id, action_type, track_uri, track_name, artist, metadata, timestamp, brought_by
   ON user_actions
WHEN OLD.user_id IS NOT NEW.user_id OR OLD.action_type IS NOT NEW.action_type
  OR OLD.track_uri IS NOT NEW.track_uri OR OLD.track_name IS NOT NEW.track_name
  OR OLD.artist IS NOT NEW.artist OR OLD.timestamp IS NOT NEW.timestamp
  OR OLD.brought_by IS NOT NEW.brought_by
  OR (NEW.action_type = 'search' AND OLD.metadata IS NOT NEW.metadata)
BEGIN
  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist, NULL,
         iif(NEW.brought_by IS NULL, NEW.timestamp * 1000, -1)
   WHERE NEW.action_type = 'queue_add'
     AND EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp,
                       OLD.brought_by
                EXCEPT
                SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp,
                       NEW.brought_by);
  INSERT INTO counted_actions
  SELECT 1, * FROM countable_actions
   WHERE id = NEW.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.action_type, OLD.track_uri, OLD.track_name, OLD.artist, OLD.timestamp,
                         OLD.brought_by
                  EXCEPT
                  SELECT NEW.action_type, NEW.track_uri, NEW.track_name, NEW.artist, NEW.timestamp,
                         NEW.brought_by));
END;

CREATE TRIGGER plays_inserted AFTER INSERT ON plays
BEGIN
  UPDATE plays SET owner_id = COALESCE(NEW.queued_by, NEW.started_by) WHERE id = NEW.id;
  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist,
         iif(NEW.album IS NULL, NULL, json_array(NEW.album, NEW.artist)),
         iif(NEW.brought_by IS NULL, NEW.started_at_ms, -1)
   WHERE NEW.end_reason IS NOT NULL AND NEW.counted = 1;
  INSERT INTO counted_plays SELECT 1, * FROM countable_plays WHERE id = NEW.id;
END;

CREATE TRIGGER plays_deleted BEFORE DELETE ON plays
WHEN OLD.end_reason IS NOT NULL AND OLD.counted = 1
BEGIN
  INSERT INTO counted_plays SELECT -1, * FROM countable_plays WHERE id = OLD.id;
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, OLD.track_uri, OLD.artist, iif(OLD.album IS NULL, NULL, json_array(OLD.album, OLD.artist));
END;

-- An open play is saved repeatedly, which must not touch the counts.
CREATE TRIGGER plays_to_change
BEFORE UPDATE OF queued_by, started_by, ended_by, end_reason, listened_ms, started_at_ms,
                 track_uri, track_name, artist, album, brought_by, counted ON plays
WHEN OLD.end_reason IS NOT NULL AND OLD.counted = 1
 AND EXISTS (SELECT OLD.queued_by, OLD.started_by, OLD.ended_by IS OLD.owner_id, OLD.end_reason,
                    OLD.listened_ms, OLD.started_at_ms, OLD.track_uri, OLD.track_name, OLD.artist,
                    OLD.album, OLD.brought_by, OLD.counted
             EXCEPT
             SELECT NEW.queued_by, NEW.started_by, NEW.ended_by IS OLD.owner_id, NEW.end_reason,
                    NEW.listened_ms, NEW.started_at_ms, NEW.track_uri, NEW.track_name, NEW.artist,
                    NEW.album, NEW.brought_by, NEW.counted)
BEGIN
  INSERT INTO counted_plays
  SELECT -1, * FROM countable_plays
   WHERE id = OLD.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                         OLD.track_name, OLD.artist, OLD.album, OLD.brought_by, OLD.counted
                  EXCEPT
                  SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                         NEW.track_name, NEW.artist, NEW.album, NEW.brought_by, NEW.counted));
  INSERT INTO used_names (sign, uri, artist, album)
  SELECT -1, OLD.track_uri, OLD.artist, iif(OLD.album IS NULL, NULL, json_array(OLD.album, OLD.artist))
   WHERE EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                       OLD.track_name, OLD.artist, OLD.album, OLD.brought_by, OLD.counted
                EXCEPT
                SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                       NEW.track_name, NEW.artist, NEW.album, NEW.brought_by, NEW.counted);
END;

CREATE TRIGGER plays_changed
AFTER UPDATE OF queued_by, started_by, ended_by, end_reason, listened_ms, started_at_ms,
                track_uri, track_name, artist, album, brought_by, counted ON plays
WHEN (NEW.end_reason IS NOT NULL AND (OLD.counted = 1 OR NEW.counted = 1)
 AND EXISTS (SELECT OLD.queued_by, OLD.started_by, OLD.ended_by IS OLD.owner_id, OLD.end_reason,
                    OLD.listened_ms, OLD.started_at_ms, OLD.track_uri, OLD.track_name, OLD.artist,
                    OLD.album, OLD.brought_by, OLD.counted
             EXCEPT
             SELECT NEW.queued_by, NEW.started_by, NEW.ended_by IS OLD.owner_id, NEW.end_reason,
                    NEW.listened_ms, NEW.started_at_ms, NEW.track_uri, NEW.track_name, NEW.artist,
                    NEW.album, NEW.brought_by, NEW.counted))
  OR OLD.queued_by IS NOT NEW.queued_by OR OLD.started_by IS NOT NEW.started_by
BEGIN
  UPDATE plays
     SET owner_id = CASE WHEN OLD.queued_by IS NOT NEW.queued_by THEN NEW.queued_by
                         WHEN NEW.queued_by IS NULL AND OLD.owner_id IS OLD.started_by
                         THEN NEW.started_by
                         ELSE OLD.owner_id END
   WHERE id = NEW.id;
  INSERT INTO used_names (sign, uri, name, artist, album, named_at)
  SELECT 1, NEW.track_uri, NEW.track_name, NEW.artist,
         iif(NEW.album IS NULL, NULL, json_array(NEW.album, NEW.artist)),
         iif(NEW.brought_by IS NULL, NEW.started_at_ms, -1)
   WHERE NEW.end_reason IS NOT NULL AND NEW.counted = 1
     AND EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                       OLD.track_name, OLD.artist, OLD.album, OLD.brought_by, OLD.counted
                EXCEPT
                SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                       NEW.track_name, NEW.artist, NEW.album, NEW.brought_by, NEW.counted);
  INSERT INTO counted_plays
  SELECT 1, * FROM countable_plays
   WHERE id = NEW.id
     AND (subject <> 0
       OR EXISTS (SELECT OLD.end_reason, OLD.listened_ms, OLD.started_at_ms, OLD.track_uri,
                         OLD.track_name, OLD.artist, OLD.album, OLD.brought_by, OLD.counted
                  EXCEPT
                  SELECT NEW.end_reason, NEW.listened_ms, NEW.started_at_ms, NEW.track_uri,
                         NEW.track_name, NEW.artist, NEW.album, NEW.brought_by, NEW.counted));
END;

-- Subtracts what the triggers had counted.
UPDATE plays SET counted = 0 WHERE counted = 1 AND listened_ms NOT BETWEEN 0 AND 366 * 86400000;
