-- Computes the counts of 005-rollups.sql, as 007-brought.sql has them, from all rows, into empty tables.
INSERT INTO known_tracks (uri, name, artist, named_at, uses)
SELECT track_uri, track_name, artist, MAX(at), COUNT(*)
  FROM (SELECT track_uri, track_name, artist, iif(brought_by IS NULL, timestamp * 1000, -1) AS at
          FROM user_actions WHERE action_type = 'queue_add' AND track_uri IS NOT NULL
        UNION ALL
        SELECT track_uri, track_name, artist, iif(brought_by IS NULL, started_at_ms, -1)
          FROM plays WHERE end_reason IS NOT NULL AND counted = 1)
 GROUP BY track_uri;

INSERT INTO known_names (text, uses)
SELECT text, COUNT(*)
  FROM (SELECT artist AS text FROM user_actions WHERE action_type = 'queue_add'
        UNION ALL SELECT artist FROM plays WHERE end_reason IS NOT NULL AND counted = 1
        UNION ALL SELECT json_array(album, artist) FROM plays
                   WHERE end_reason IS NOT NULL AND counted = 1 AND album IS NOT NULL)
 WHERE text IS NOT NULL GROUP BY text;

INSERT INTO action_days (subject, action_type, day, actions)
SELECT subject, action_type, timestamp / 86400, COUNT(*) FROM countable_actions GROUP BY 1, 2, 3;

INSERT INTO active_hours (subject, hour, actions, actions_1, actions_2, actions_3)
SELECT subject, timestamp / 3600, COUNT(*), SUM(timestamp / 900 % 4 = 1),
       SUM(timestamp / 900 % 4 = 2), SUM(timestamp / 900 % 4 = 3)
  FROM countable_actions GROUP BY 1, 2;
INSERT INTO active_hours (subject, hour, plays, plays_1, plays_2, plays_3, ms, ms_1, ms_2, ms_3)
SELECT subject, started_at_ms / 3600000,
       COUNT(*), SUM(quarter = 1), SUM(quarter = 2), SUM(quarter = 3),
       SUM(listened_ms), SUM(listened_ms * (quarter = 1)),
       SUM(listened_ms * (quarter = 2)), SUM(listened_ms * (quarter = 3))
  FROM (SELECT *, started_at_ms / 900000 % 4 AS quarter FROM countable_plays)
 WHERE TRUE GROUP BY 1, 2
ON CONFLICT DO UPDATE SET plays = excluded.plays, plays_1 = excluded.plays_1,
                          plays_2 = excluded.plays_2, plays_3 = excluded.plays_3,
                          ms = excluded.ms, ms_1 = excluded.ms_1, ms_2 = excluded.ms_2,
                          ms_3 = excluded.ms_3;

INSERT INTO play_days (subject, day, plays, listened_ms, finished, queued, skipped, skipped_by_self,
                       brought, brought_ms)
SELECT subject, started_at_ms / 86400000, COUNT(*), SUM(listened_ms), SUM(end_reason = 'finished'),
       SUM(queued), SUM(skipped), SUM(skipped_by_self), SUM(brought), SUM(brought * listened_ms)
  FROM countable_plays GROUP BY 1, 2;

-- The days, and from them the months, years and all of the time.
INSERT INTO day_tops (subject, list, period, track, artist, album, times, listened_ms, skipped)
SELECT subject, list, COALESCE(strftime('%Y%m%d', at, 'unixepoch'), '99991231') / 1,
       COALESCE(known_tracks.id, 0), COALESCE(artists.id, 0), COALESCE(albums.id, 0),
       COUNT(*), SUM(ms), SUM(skipped)
  FROM (SELECT subject, 1 AS list, timestamp AS at, track_uri, artist, NULL AS album, 0 AS ms,
               FALSE AS skipped
          FROM countable_actions WHERE action_type = 'queue_add'
        UNION ALL
        SELECT subject, 3, started_at_ms / 1000, track_uri, artist, album, listened_ms, skipped
          FROM countable_plays) AS counted
       LEFT JOIN known_tracks ON uri = track_uri
       LEFT JOIN known_names AS artists ON artists.text = counted.artist
       LEFT JOIN known_names AS albums ON albums.text = counted.album
 GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, 7, COALESCE(strftime('%Y%m%d', timestamp, 'unixepoch'), '99991231') / 1, searched,
       COUNT(*), 0
  FROM countable_actions WHERE searched IS NOT NULL
 GROUP BY 1, 2, 3, 4;
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, period / 100, item, SUM(times), SUM(ms)
  FROM (SELECT subject, list, period, track AS item, times, listened_ms AS ms FROM day_tops
        UNION ALL
        SELECT subject, 2, period, artist, times, 0 FROM day_tops WHERE list = 1
        UNION ALL
        SELECT subject, 4, period, artist, times, listened_ms FROM day_tops WHERE list = 3
        UNION ALL
        SELECT subject, 5, period, album, times, listened_ms FROM day_tops WHERE list = 3
        UNION ALL
        SELECT subject, 6, period, track, skipped, 0 FROM day_tops WHERE skipped > 0
        UNION ALL
        SELECT subject, list, period, item, times, 0 FROM tops)
 WHERE item <> 0
 GROUP BY 1, 2, 3, 4;
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, period / 100, item, SUM(times), SUM(listened_ms)
  FROM tops WHERE period BETWEEN 100000 AND 999999 GROUP BY 1, 2, 3, 4;
INSERT INTO tops (subject, list, period, item, times, listened_ms)
SELECT subject, list, 0, item, SUM(times), SUM(listened_ms)
  FROM tops WHERE period < 10000 GROUP BY 1, 2, 3, 4;
