import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createBackOff } from '../../../src/mopidy/connection/back-off'
import { CONNECTION_LIMITS } from '../../../src/mopidy/connection/connection'

const { backOffFirstMs: firstMs, backOffMostMs: mostMs } = CONNECTION_LIMITS

test('U1 the back-off doubles from half a second to ten seconds and stays there', () => {
  const backOff = createBackOff({ firstMs, mostMs, random: () => 0 })
  const steps = Array.from({ length: 8 }, () => backOff.next())
  expect(steps).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
})

test('U1 jitter takes up to a fifth off and never adds', () => {
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fraction, fc.nat(40), (part, failures) => {
      const backOff = createBackOff({ firstMs, mostMs, random: () => part })
      for (let failure = 0; failure < failures; failure += 1) backOff.next()
      const full = Math.min(mostMs, firstMs * 2 ** failures)
      expect(backOff.next()).toBeCloseTo(full * (1 - part / 5), 6)
    }),
  )
})

test('U1 two boxes do not knock in step', () => {
  const steps = Array.from({ length: 100 }, () => createBackOff({ firstMs, mostMs }).next())
  expect(new Set(steps).size).toBeGreaterThan(90)
})

test('U1 a reset begins again with the first step', () => {
  const backOff = createBackOff({ firstMs, mostMs, random: () => 0 })
  for (let failure = 0; failure < 5; failure += 1) backOff.next()
  backOff.reset()
  expect(backOff.next()).toBe(firstMs)
})

test('U1 a box that is alone for years still waits ten seconds', () => {
  const backOff = createBackOff({ firstMs, mostMs, random: () => 0 })
  for (let failure = 0; failure < 100_000; failure += 1) backOff.next()
  expect(backOff.next()).toBe(mostMs)
})
