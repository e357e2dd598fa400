import { expect, test } from 'bun:test'
import { grouped } from '../../../../src/web/page/language/grouped'
import { writtenTime } from '../../../../src/web/page/time/written-time'

const LOCALES =
  'de de-AT de-BE de-CH de-DE de-IT de-LI de-LU en en-GB en-IE en-NL en-US en-ZA'.split(' ')

test('the time of day is written by hand as Intl writes it', () => {
  for (const locale of LOCALES) {
    const format = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
    for (const [hours, minutes] of [
      [0, 5],
      [0, 59],
      [9, 30],
      [11, 59],
      [12, 0],
      [13, 7],
      [23, 59],
    ]) {
      const date = new Date(2026, 0, 1, hours, minutes)
      // Browsers differ in the kind of space before AM and PM.
      const expected = format.format(date).replace(/\s/g, ' ')
      expect([locale, writtenTime(locale, date)]).toEqual([locale, expected])
    }
  }
})

test('where it does not know how, Intl is left to write it', () => {
  for (const locale of ['en-AU', 'en-CA', 'en-DK', 'en-IN', 'de-CH-1996', 'fr'])
    expect([locale, writtenTime(locale, new Date())]).toEqual([locale, undefined])
})

test('numbers are written by hand as Intl writes them', () => {
  for (const count of [0, 7, 42, 999, 1_000, 9_999, 10_000, 123_456, 1_000_000, 12_345_678]) {
    expect(grouped(count, ',')).toBe(count.toLocaleString('en'))
    expect(grouped(count, '.')).toBe(count.toLocaleString('de'))
  }
})
