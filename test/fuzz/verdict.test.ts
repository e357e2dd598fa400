import { expect, test } from 'bun:test'
import type { Findings } from './siege'
import { verdict } from './verdict'

const GOOD: Findings = {
  seed: 1,
  attacks: { frames: 1 },
  calls: 3,
  longestMs: 900,
  longestBeyondMs: 500,
  longestCall: 'playback.pause',
  healthMs: 500,
  memoryMb: 256,
  playedMs: { least: 10_000, most: 12_000 },
  heardMs: 11_000,
  problems: [],
  done: [
    ['play', 1],
    ['pause', null],
  ],
  recorded: [
    ['play', 1],
    ['pause', null],
  ],
}

test('what is within the bounds is noticed by nobody', () => {
  expect(verdict(GOOD)).toEqual([])
})

test.each<[string, Partial<Findings>, string]>([
  [
    'a phone that waits',
    { longestBeyondMs: 501 },
    'playback.pause of the phone took 501 ms longer',
  ],
  ['a slow probe', { healthMs: 501 }, '/health took 501 ms'],
  ['a false second', { heardMs: 14_001 }, '14001 ms are recorded as heard, of 10000 to 12000'],
  ['memory', { memoryMb: 257 }, 'it held 257 MB'],
  ['memory that cannot be read', { memoryMb: Number.NaN }, 'it held NaN MB'],
  ['an error', { problems: ['no'] }, 'the phone was refused: no'],
  ['a deed that is not recorded', { recorded: [['play', 1]] }, '1 rows for 2 deeds'],
  [
    'another deed in its place',
    {
      recorded: [
        ['play', 2],
        ['pause', null],
      ],
    },
    'number 0: ["play",2] for ["play",1]',
  ],
  ['a row too many', { done: [] }, '2 rows for 0 deeds'],
])('%s is noticed', (_, part, sentence) => {
  expect(verdict({ ...GOOD, ...part })).toEqual([expect.stringContaining(sentence)])
})
