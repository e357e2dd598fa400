import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createCsvRows } from '../../../src/archive/import/csv-rows'

const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'ä', ' ') })
const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 })

function rowsOf(pieces: readonly string[]): string[][] {
  const rows = createCsvRows()
  return [...pieces.flatMap((piece) => [...rows.push(piece)]), ...rows.end()]
}

test('rows are read as they were written, wherever the pieces of the file are cut', () => {
  fc.assert(
    fc.property(table, fc.nat({ max: 6 }), fc.constantFrom('\n', '\r\n'), (rows, size, end) => {
      const text = rows
        .map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',') + end)
        .join('')
      const pieces = text.match(new RegExp(`[^]{1,${size + 1}}`, 'g')) ?? []
      expect(rowsOf(pieces)).toEqual(rows)
    }),
  )
})

test('plain fields, short rows and a last line without an end are read too', () => {
  expect(rowsOf(['a,b,\r\n1', '2,"x"\r', '\n\nlast'])).toEqual([
    ['a', 'b', ''],
    ['12', 'x'],
    [''],
    ['last'],
  ])
})

test.each(['a"b,c\n', '"a"b\n', '"never closed'])('%j is no CSV', (text) => {
  expect(() => rowsOf([text])).toThrow('This is not CSV: line 1 cannot be read.')
})
