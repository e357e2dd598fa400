import { describe, expect, test } from 'bun:test'
import { createThrottle, THROTTLE_LIMITS } from '../../../src/accounts/passwords/throttle'
import { AppError } from '../../../src/errors'
import { fixedClock } from '../../support/test-musakone'

const wrong = async () => undefined

describe('what is held against those who guess', () => {
  function throttleOf(mostTallies: number) {
    const clock = fixedClock()
    const throttle = createThrottle({ clock, limits: { ...THROTTLE_LIMITS, mostTallies } })
    const guess = (place: string, account: string) => throttle.attempt({ place, account }, wrong)
    const isLocked = (place: string, account: string) =>
      guess(place, account).then(
        () => false,
        (error) => error instanceof AppError && error.code === 'too_many_requests',
      )
    return { clock, throttle, guess, isLocked }
  }

  test('A3 a hundred thousand places and names do not fill the memory', async () => {
    const { throttle, guess } = throttleOf(1_000)
    for (let place = 0; place < 100_000; place += 1) {
      await guess(`place ${place}`, `name ${place}`.repeat(100))
      if (throttle.size() > 1_000) throw new Error(`${throttle.size()} are kept`)
    }
    expect(throttle.size()).toBeGreaterThan(400)
  })

  test('A3 nobody gets rid of a lock by guessing elsewhere', async () => {
    const { guess, isLocked } = throttleOf(1_000)
    for (let time = 0; time < 5; time += 1) await guess('here', 'admin')
    for (let place = 0; place < 10_000; place += 1) await guess(`place ${place}`, `name ${place}`)
    expect(await isLocked('here', 'admin')).toBe(true)
  })

  test('A3 new places are limited too when all tallies are locks', async () => {
    const { guess, isLocked } = throttleOf(100)
    for (let place = 0; place < 200; place += 1)
      for (let time = 0; time < 5; time += 1) await guess(`place ${place}`, `name ${place}`)
    for (let time = 0; time < 5; time += 1) expect(await isLocked('new', 'admin')).toBe(false)
    expect(await isLocked('new', 'admin')).toBe(true)
  })

  test('what nobody was wrong about for an hour is not kept', async () => {
    const { clock, throttle, guess } = throttleOf(1_000)
    for (let place = 0; place < 100; place += 1) await guess(`place ${place}`, 'admin')
    clock.advance(3_600_000)
    await guess('here', 'berta')
    expect(throttle.size()).toBe(3)
  })

  test('a check that fails for another reason, and one that is right, leave nothing', async () => {
    const { throttle } = throttleOf(1_000)
    const claim = { place: 'here', account: 'admin' }
    const failing = throttle.attempt(claim, () => Promise.reject(new Error('the disk is full')))
    expect(await failing.catch((error: Error) => error.message)).toBe('the disk is full')
    expect(throttle.size()).toBe(0)
    expect(await throttle.attempt(claim, async () => 'right')).toBe('right')
    expect(throttle.size()).toBe(0)
  })
})
