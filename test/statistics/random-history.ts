import type { Database } from '../../src/database/database'
import type { Random } from '../mopidy/seeded-random'

const DAY = 86_400
/** Times lie around these, where days, months, years and hours of some zone change. */
const MOMENTS = [
  Date.UTC(2024, 1, 29),
  Date.UTC(2024, 2, 31, 1),
  Date.UTC(2024, 11, 31, 23),
  Date.UTC(2025, 0, 1),
  Date.UTC(2025, 2, 15, 12),
  Date.UTC(2025, 9, 26, 1),
  Date.UTC(2026, 0, 5, 12),
].map((ms) => ms / 1_000)

const KINDS = ['play', 'skip', 'volume_changed', 'queue_add', 'queue_add', 'search', 'search']
const REASONS = ['finished', 'finished', 'skipped', 'skipped', 'stopped', 'replaced', 'lost']
const ARTISTS = ['Ánna', 'anna', '47', 'The "Quoted"', null]
const QUERIES = [
  { any: ['Tea'] },
  { any: ['tea'] },
  { artist: ['Ánna'], any: ['x', 'y'] },
  { any: ['47'] },
]

/**
 * Changes rows in every way in which they are changed: by recording, ending, amending, importing,
 * correcting by hand, forgetting, and deleting users.
 */
export function createRandomHistory({ sqlite }: Database, random: Random) {
  const someId = (table: string): number =>
    Number(
      sqlite.query(`SELECT id FROM ${table} ORDER BY id`).values()[
        random.below(Number(sqlite.query(`SELECT COUNT(*) FROM ${table}`).values()[0]?.[0]))
      ]?.[0] ?? 0,
    )
  const someone = () => (random.chance(0.8) ? someId('users') || null : null)
  const bringer = () => (random.chance(0.3) ? someone() : null)
  const second = () => {
    const near = random.pick([900, 3_600, DAY, 40 * DAY])
    return random.pick(MOMENTS) + random.below(2 * near) - near
  }
  const track = () => {
    const number = random.below(12)
    return {
      uri: `local:track:${number}`,
      // Tags are corrected now and then.
      name: random.chance(0.1) ? null : `Song ${number}${random.chance(0.1) ? ' (live)' : ''}`,
      artist: random.chance(0.9) ? (ARTISTS[number % 5] ?? null) : random.pick(ARTISTS),
      album: random.pick(['First', 'Second', null]),
    }
  }

  function addUser(): void {
    sqlite
      .query(
        `INSERT INTO users (username, password_hash, role, created_at)
         VALUES (hex(randomblob(8)), '', 'member', 0)`,
      )
      .run()
  }

  function act(): void {
    const kind = random.pick(KINDS)
    const { uri, name, artist } = kind === 'search' ? NO_TRACK : track()
    const metadata =
      kind === 'search' ? { query: random.pick(QUERIES), results: random.below(9) } : { volume: 3 }
    sqlite
      .query(
        `INSERT INTO user_actions
           (user_id, action_type, track_uri, track_name, artist, metadata, timestamp, brought_by)
         VALUES ($user, $kind, $uri, $name, $artist, $metadata, $at, $broughtBy)`,
      )
      .run({
        user: someone(),
        broughtBy: bringer(),
        kind,
        uri: random.chance(0.05) ? null : uri,
        name,
        artist,
        metadata: random.chance(0.1) ? null : JSON.stringify(metadata),
        at: second(),
      })
  }

  function hear(): void {
    const isOpen = random.chance(0.4)
    sqlite
      .query(
        `INSERT INTO plays (track_uri, track_name, artist, album, queued_by, started_by, ended_by,
                            started_at_ms, listened_ms, end_reason, brought_by, counted)
         VALUES ($uri, $name, $artist, $album, $queuedBy, $startedBy, $endedBy, $at, $ms, $reason,
                 $broughtBy, $counted)`,
      )
      .run({
        ...track(),
        broughtBy: isOpen ? null : bringer(),
        counted: Number(isOpen || random.chance(0.9)),
        queuedBy: someone(),
        startedBy: someone(),
        endedBy: isOpen ? null : someone(),
        at: second() * 1_000 + random.below(1_000),
        ms: random.below(300_000),
        reason: isOpen ? null : random.pick(REASONS),
      })
  }

  const update = (table: string, change: string, values: Record<string, unknown> = {}) =>
    sqlite
      .query(`UPDATE ${table} SET ${change} WHERE id = $id`)
      .run({ id: someId(table), ...(values as Record<string, string>) })

  const moves: (readonly [number, () => void])[] = [
    [30, act],
    [30, hear],
    [1, addUser],
    [8, () => void update('plays', 'listened_ms = listened_ms + 1000, saved_at_ms = 1')],
    [
      8,
      () =>
        void update(
          'plays',
          'end_reason = $reason, ended_by = $by, listened_ms = listened_ms + 7',
          {
            reason: random.pick(REASONS),
            by: someone(),
          },
        ),
    ],
    [4, () => void update('user_actions', `metadata = '{"query":{"any":["amended"]},"volume":9}'`)],
    [2, () => void update('user_actions', 'user_id = $by', { by: someone() })],
    [2, () => void update('user_actions', 'action_type = $kind', { kind: random.pick(KINDS) })],
    [
      2,
      () =>
        void update(
          'user_actions',
          'track_uri = $uri, artist = $artist, user_id = $by, timestamp = $at',
          { uri: track().uri, artist: track().artist, by: someone(), at: second() },
        ),
    ],
    [2, () => void update('plays', 'queued_by = $by', { by: someone() })],
    [2, () => void update('plays', 'started_by = $by', { by: someone() })],
    [1, () => void update('plays', 'ended_by = $by', { by: someone() })],
    [1, () => void update('plays', 'counted = 1 - counted')],
    [1, () => void update('plays', 'brought_by = $by', { by: bringer() })],
    [1, () => void update('user_actions', 'brought_by = $by', { by: bringer() })],
    [
      1,
      () =>
        void update('plays', 'track_uri = $uri, album = $album, started_at_ms = $at', {
          uri: track().uri,
          album: track().album,
          at: second() * 1_000,
        }),
    ],
    [
      5,
      () =>
        void sqlite
          .query('DELETE FROM user_actions WHERE id = $id')
          .run({ id: someId('user_actions') }),
    ],
    [5, () => void sqlite.query('DELETE FROM plays WHERE id = $id').run({ id: someId('plays') })],
    [
      0.3,
      () => {
        const before = second()
        sqlite.query('DELETE FROM user_actions WHERE timestamp < $before').run({ before })
        sqlite.query('DELETE FROM plays WHERE started_at_ms < $before * 1000').run({ before })
      },
    ],
    [
      0.3,
      () => {
        const by = someone()
        for (const column of ['queued_by', 'started_by', 'ended_by'])
          sqlite.query(`UPDATE plays SET ${column} = NULL WHERE ${column} = $by`).run({ by })
        sqlite.query('DELETE FROM user_actions WHERE user_id = $by').run({ by })
      },
    ],
    [0.5, () => void sqlite.query('DELETE FROM users WHERE id = $id').run({ id: someId('users') })],
  ]
  const weight = moves.reduce((sum, [each]) => sum + each, 0)

  for (let user = 0; user < 4; user += 1) addUser()

  return {
    second,

    /** Makes so many changes. */
    go(changes: number): void {
      for (let change = 0; change < changes; change += 1) {
        let place = random.next() * weight
        const move = moves.find(([each]) => {
          place -= each
          return place < 0
        })
        move?.[1]()
      }
    },
  }
}

const NO_TRACK = { uri: null, name: null, artist: null }
