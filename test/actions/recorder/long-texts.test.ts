import { expect, test } from 'bun:test'
import { openRoom } from '../../listening/room'
import { done, historyOf } from '../recorded'

test('B3 of a search with 40,000 letters at most 4 KiB are written down', async () => {
  const room = await openRoom()
  const words = Array.from({ length: 10 }, (_, word) => `${word} ${'x'.repeat(4_000)}`)
  await done(room.berta.socket, 'core.library.search', { query: { any: words } })
  const { actions } = await historyOf(room.musakone, room.berta.token, { action_type: 'search' })
  expect(actions.map(({ metadata }) => metadata)).toEqual([
    { query: { any: words.map((word) => word.slice(0, 256)) }, results: 0 },
  ])
  await room.close()
})
