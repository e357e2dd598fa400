import { expect, test } from 'bun:test'
import { openRoom } from '../listening/room'
import { withRows } from '../support/user-rows'

const ROWS = 1_000
const LENGTH = 40_000

type Page = { plays: { track: { name: string } }[]; next_cursor: string | null }

test('B6 a search through long texts takes many short pages, and misses nothing', async () => {
  const room = await openRoom()
  withRows(room.databasePath, (rows) =>
    rows.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
       INSERT INTO plays (track_uri, track_name, queued_by, started_at_ms, listened_ms)
       SELECT 'x:' || i, iif(i = 5, 'Needle ', '') || printf('%.${LENGTH}c', 'x'), 1, i, 1 FROM n`,
    ),
  )
  const found: string[] = []
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; pages += 1) {
    const page: Page = await room.admin.get<Page>(
      `playback/history?q=needle${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    found.push(...page.plays.map(({ track }) => track.name.slice(0, 6)))
    cursor = page.next_cursor
  }
  expect(found).toEqual(['Needle'])
  // One page looks at some two million characters of the 40 million.
  expect(pages).toBeGreaterThan((ROWS * LENGTH) / 3_000_000)
  await room.close()
})
