import { describe, expect, test } from 'bun:test'
import { checkNewPassword } from '../../../src/accounts/passwords/new-password'
import { AppError } from '../../../src/errors'

const list = await Bun.file('src/accounts/passwords/common-passwords.txt').text()
const common = list
  .slice(list.indexOf('\n\n'))
  .split('\n')
  .filter((line) => line !== '')

/** What is said against the password; undefined when nothing is. */
function refusal(password: string, username = 'anna'): string | undefined {
  try {
    checkNewPassword(password, username)
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_request') return error.message
    throw error
  }
}

describe('a new password', () => {
  test.each<[string, string, string?]>([
    ['8 characters', 'lemoncak'],
    ['256 characters', 'half a lemon cake '.repeat(15).slice(0, 256)],
    ['256 characters of two units each', `${'🍋🍰🎶🎧'.repeat(63)}🍋🍰🎶🎸`],
    ['spaces and letters of any script', 'ein ☕ für Ärger'],
    ['a username of one letter, and more', 'a lemon cake', 'a'],
    ['a username of digits, and other digits', '73914682', '12'],
  ])('may have %s', (_, password, username = 'anna') => {
    expect(refusal(password, username)).toBeUndefined()
  })

  test.each([
    ['7 characters', '1234567'],
    ['nothing', ''],
    ['7 characters of two units each', '🍋🍰🎶🎧🍋🍰🎸'],
    ['257 characters', 'half a lemon cake '.repeat(15).slice(0, 257)],
    ['257 characters of two units each', `${'🍋🍰🎶🎧'.repeat(64)}🍋`],
    ['100,000 characters', 'lemon'.repeat(20_000)],
  ])('may not have %s', (_, password) => {
    expect(refusal(password)).toBe('The password must have 8 to 256 characters.')
  })

  test.each([
    'password',
    'PassWord1',
    '12345678',
    'qwertyuiop',
    'iloveyou',
    'Trustno1',
    'ｐａｓｓｗｏｒｄ',
  ])('may not be one of the most common: %s', (password) => {
    expect(refusal(password)).toBe('That password is one of the most common: choose another.')
  })

  test('the list has thousands, all of a length that could be set', () => {
    expect(common.length).toBe(6_000)
    expect(new Set(common).size).toBe(6_000)
    for (const password of common) {
      expect(password.length).toBeGreaterThanOrEqual(8)
      expect(refusal(password)).toBe('That password is one of the most common: choose another.')
      expect(refusal(password.toUpperCase())).toBeDefined()
    }
  })

  test.each([
    ['the username', 'annabella', 'annabella'],
    ['the username in capitals', 'ANNABELLA', 'Annabella'],
    ['the username with digits', 'anna2026!', 'anna'],
    ['the username twice', 'bertilbertil', 'bertil'],
    ['the name of the product', 'musakone', 'anna'],
    ['the name of the product with digits', 'Musakone123', 'anna'],
    ['the name of the player with signs', '!!mopidy!!', 'anna'],
    ['admin with digits', 'admin2026', 'anna'],
    ['one character', 'zzzzzzzzzzz', 'anna'],
    ['three characters again and again', 'xyzxyzxyzxyz', 'anna'],
  ])('may not be easy to guess: %s', (_, password, username) => {
    expect(refusal(password, username)).toBe('That password is easy to guess: choose another.')
  })

  test('is checked in no time, however it is made', () => {
    const startedAt = performance.now()
    for (const password of ['a'.repeat(256), `${'ab'.repeat(127)}c`, `${'1'.repeat(255)}x`])
      for (let turn = 0; turn < 100; turn += 1) refusal(password)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })

  test('the licence of the list stands above it', () => {
    expect(list).toStartWith('# The 6,000 most common passwords')
    expect(list).toContain('# Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.')
  })
})
