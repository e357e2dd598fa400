import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { cutText, metadataText } from '../../src/database/row-texts'

test('a text is cut between characters, and only when it has more than 4 KiB', () => {
  expect(cutText('a'.repeat(4_096))).toHaveLength(4_096)
  expect(cutText('a'.repeat(4_097))).toHaveLength(4_096)
  expect(cutText(`a${'😀'.repeat(2_000)}`)).toBe(`a${'😀'.repeat(1_023)}`)
  expect(cutText(null)).toBeNull()
})

test('metadata have at most 4 KiB, and what was cut is not cut again', () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 }))
  fc.assert(
    fc.property(members, fc.nat({ max: 10_000 }), (metadata, length) => {
      const text = metadataText({ ...metadata, long: '€'.repeat(length) }) ?? ''
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_096)
      expect(metadataText(JSON.parse(text))).toBe(text)
    }),
  )
})

test('short and shallow metadata stay as they are', () => {
  const search = { query: { any: ['tea', 'milk'] }, results: 3 }
  expect(metadataText(search)).toBe(JSON.stringify(search))
})
