import { expect, test } from 'bun:test'
import { commitSeed } from '../support/long-runs'
import type { Category } from './attacks'
import { siege } from './siege'
import { figures, verdict } from './verdict'

const TRIED: readonly Category[] = [
  'batches',
  'searches',
  'exports',
  'imports',
  'sockets',
  'frames',
  'playlists',
  'slow',
  'adds',
]

const SEED = Number(process.env.SEED ?? commitSeed)

test('B1 B2 B3 a random insider is noticed by nobody', async () => {
  const found = await siege({ seed: SEED, ms: 30_000, categories: TRIED })
  process.stderr.write(`${figures(found)}\n`)
  expect(Object.keys(found.attacks).toSorted()).toEqual([...TRIED].toSorted())
  expect(found.done.length).toBeGreaterThan(0)
  expect(verdict(found)).toEqual([])
}, 120_000)
