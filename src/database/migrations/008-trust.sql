-- What a name looks like: names that people take for one another have the same. NULL until the program
-- computes it. A new version that computes it otherwise sets it to NULL.
ALTER TABLE users ADD COLUMN likeness TEXT;
CREATE INDEX users_by_likeness ON users (likeness);
-- Also for names that another program changes.
CREATE TRIGGER users_likeness AFTER UPDATE OF username ON users
BEGIN
  UPDATE users SET likeness = NULL WHERE id = NEW.id AND likeness IS OLD.likeness;
END;

-- When the user last gave the password in this session.
ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER;
UPDATE sessions SET confirmed_at = created_at WHERE kind = 'login';
-- Whether an API key was made for acts of administration, such as making users.
ALTER TABLE sessions ADD COLUMN administration INTEGER NOT NULL DEFAULT 0
  CHECK (administration IN (0, 1));

-- The keys of admins go on working, but not for ever: those without an end get one of 90 days, and no
-- end is later than a year. The time is that of the last use when the clock is behind, as on a machine
-- without a battery.
UPDATE sessions SET administration = 1
 WHERE kind = 'key' AND role = 'admin' AND user_id IN (SELECT id FROM users WHERE role = 'admin');
CREATE TEMP TABLE upgrade AS
  SELECT max(unixepoch(), ifnull((SELECT max(last_seen) FROM sessions), 0)) AS now;
CREATE TEMP TABLE limited_keys AS
  SELECT id, user_id, name,
         (SELECT now FROM upgrade)
         + CASE expires_at WHEN 253402300799 THEN 90 ELSE 365 END * 86400 AS expires_at
    FROM sessions
   WHERE administration = 1 AND expires_at > (SELECT now FROM upgrade) + 365 * 86400;
UPDATE sessions SET expires_at = (SELECT k.expires_at FROM limited_keys k WHERE k.id = sessions.id)
 WHERE id IN (SELECT id FROM limited_keys);
INSERT INTO security_events (event_type, subject_id, details, timestamp)
  SELECT 'key_limited', user_id,
         json_object('key', id, 'name', name, 'expires_at', expires_at, 'by', 'upgrade'),
         (SELECT now FROM upgrade)
    FROM limited_keys ORDER BY id;
DROP TABLE limited_keys;
DROP TABLE upgrade;
