import { afterEach, describe, expect, test } from 'bun:test'
import { footprintOf, healthOf, online } from '../../cli/footprint'
import { startExecutable } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { until } from '../../support/test-musakone'
import { ASK, createStage, OFFLINE } from '../stage'
import { type Huge, startHugeMopidy } from './huge-mopidy'

const MIB = 1024 * 1024
const MOST_GROWTH_MB = 20
const GIVEN_BACK_MS = 30_000

const stage = createStage()
afterEach(stage.clear)

describe('A text from Mopidy that is too long', () => {
  test.each<[Huge]>([['one frame'], ['fragments'], ['announced only']])(
    'U9 129 MiB: the connection is closed and dialled again, and the memory given back: %s',
    async (huge) => {
      const mopidy = stage.keep(await startHugeMopidy(huge, 129 * MIB))
      const musakone = stage.keep(await startExecutable({ MOPIDY_URL: mopidy.url }))
      await online(musakone)
      const url = `${musakone.socketUrl}?token=${await musakone.logIn()}`
      const [asking, other] = [await connectOwn(url), await connectOwn(url)]
      expect(await asking.call(ASK)).toMatchObject({ result: null })
      const before = footprintOf(musakone)
      expect(mopidy.connections()).toBe(1)

      const answer = asking.call('core.library.search', { query: { any: ['a'] } })
      // Behind it on the same connection.
      const behind = other.call(ASK)
      for (const each of await Promise.all([answer, behind]))
        expect(each).toMatchObject({ type: 'mopidy_error', error: OFFLINE })
      for (const client of [asking, other])
        expect(await client.next('mopidy_status')).toMatchObject({ online: false })

      for (const client of [asking, other])
        expect(await client.next('mopidy_status')).toMatchObject({ online: true })
      expect(mopidy.connections()).toBe(2)
      for (const client of [asking, other])
        expect(await client.call(ASK)).toMatchObject({ result: null })
      expect(await healthOf(musakone)).toMatchObject({ status: 'ok', mopidy: { online: true } })
      await until(
        () => footprintOf(musakone).memoryMb < before.memoryMb + MOST_GROWTH_MB,
        `the memory to be given back (before: ${before.memoryMb} MB)`,
        GIVEN_BACK_MS,
      )
      expect(footprintOf(musakone).descriptors).toBeLessThanOrEqual(before.descriptors)
      asking.close()
      other.close()
    },
  )
})
