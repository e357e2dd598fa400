-- Makes the counts of 005-rollups.sql from the rows, into tables that are empty.
INSERT INTO known_tracks (uri, name, artist, named_at)
SELECT track_uri, track_name, artist, MAX(at)
  FROM (SELECT track_uri, track_name, artist, timestamp * 1000 AS at
          FROM user_actions WHERE action_type = 'queue_add' AND track_uri IS NOT NULL
        UNION ALL
        SELECT track_uri, track_name, artist, started_at_ms FROM plays WHERE end_reason IS NOT NULL)
 GROUP BY track_uri;

INSERT INTO action_days (subject, action_type, day, actions)
SELECT subject, action_type, timestamp / 86400, COUNT(*) FROM countable_actions GROUP BY 1, 2, 3;

INSERT INTO action_hours (subject, hour, q0, q1, q2, q3)
SELECT subject, timestamp / 3600,
       SUM(timestamp / 900 % 4 = 0), SUM(timestamp / 900 % 4 = 1),
       SUM(timestamp / 900 % 4 = 2), SUM(timestamp / 900 % 4 = 3)
  FROM countable_actions GROUP BY 1, 2;

INSERT INTO play_days (subject, day, plays, listened_ms, finished, queued, skipped, skipped_by_self)
SELECT subject, started_at_ms / 86400000, COUNT(*), SUM(listened_ms), SUM(end_reason = 'finished'),
       SUM(queued), SUM(skipped), SUM(skipped_by_self)
  FROM countable_plays GROUP BY 1, 2;

INSERT INTO play_hours (subject, hour, q0, q1, q2, q3, ms0, ms1, ms2, ms3)
SELECT subject, started_at_ms / 3600000,
       SUM(quarter = 0), SUM(quarter = 1), SUM(quarter = 2), SUM(quarter = 3),
       SUM(listened_ms * (quarter = 0)), SUM(listened_ms * (quarter = 1)),
       SUM(listened_ms * (quarter = 2)), SUM(listened_ms * (quarter = 3))
  FROM (SELECT *, started_at_ms / 900000 % 4 AS quarter FROM countable_plays) GROUP BY 1, 2;

-- The days, and from them all that is longer.
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, COALESCE(strftime('%Y%m%d', at, 'unixepoch'), '99991231') / 1, item, COUNT(*),
       SUM(ms)
  FROM (SELECT subject, 1 AS list, known_tracks.id AS item, 0 AS ms, timestamp AS at
          FROM countable_actions JOIN known_tracks ON uri = track_uri WHERE action_type = 'queue_add'
        UNION ALL
        SELECT subject, 2, artist, 0, timestamp FROM countable_actions WHERE action_type = 'queue_add'
        UNION ALL
        SELECT subject, 7, searched, 0, timestamp FROM countable_actions WHERE action_type = 'search'
        UNION ALL
        SELECT subject, 3, known_tracks.id, listened_ms, started_at_ms / 1000
          FROM countable_plays JOIN known_tracks ON uri = track_uri
        UNION ALL
        SELECT subject, 4, artist, listened_ms, started_at_ms / 1000 FROM countable_plays
        UNION ALL
        SELECT subject, 5, iif(album IS NULL, NULL, json_array(album, artist)), listened_ms,
               started_at_ms / 1000
          FROM countable_plays
        UNION ALL
        SELECT subject, 6, known_tracks.id, listened_ms, started_at_ms / 1000
          FROM countable_plays JOIN known_tracks ON uri = track_uri WHERE skipped)
 WHERE item IS NOT NULL
 GROUP BY 1, 2, 3, 4;

INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, period / 100, item, SUM(times), SUM(listened_ms)
  FROM tops WHERE period > 1000000 GROUP BY 1, 2, 3, 4;
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, period / 100, item, SUM(times), SUM(listened_ms)
  FROM tops WHERE period BETWEEN 100000 AND 1000000 GROUP BY 1, 2, 3, 4;
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, 0, item, SUM(times), SUM(listened_ms)
  FROM tops WHERE period BETWEEN 1 AND 100000 GROUP BY 1, 2, 4;
