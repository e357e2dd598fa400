import { expect, test } from 'bun:test'
import type { Action } from '../../../src/actions/classify'
import { cutAction } from '../../../src/actions/recorder/cut'

const searchFor = (query: unknown): Action => ({
  type: 'search',
  track: null,
  positionMs: null,
  metadata: { query, results: 7 },
})

test('what is short is recorded as it is', () => {
  const action = searchFor({ any: ['sigur rós'] })
  expect(cutAction(action)).toEqual(action)
})

test('B3 a search for 60 KB of text is recorded with the beginning of it', () => {
  const { metadata } = cutAction(searchFor({ any: ['x'.repeat(60_000)] }))
  expect(metadata).toEqual({ query: { any: ['x'.repeat(1_024)] }, results: 7 })
})

test('B3 a search for thousands of words, or with thousands of fields, takes at most 4 KB', () => {
  const words = Array.from({ length: 9_000 }, (_, index) => `word ${index}`)
  const fields = Object.fromEntries(words.map((word) => [word, [word]]))
  for (const query of [{ any: words }, fields]) {
    const { metadata } = cutAction(searchFor(query))
    expect(JSON.stringify(metadata).length).toBeLessThanOrEqual(4_096)
    expect(metadata).toMatchObject({ results: 7 })
  }
})

test('a long name is cut, and no character in two', () => {
  const track = { uri: 'demo:1', name: '🎵'.repeat(5_000), artist: null }
  const cut = cutAction({ ...searchFor({}), track: track as never }).track?.name ?? ''
  expect(cut.length).toBeLessThanOrEqual(4_096)
  expect(cut.isWellFormed()).toBe(true)
})
