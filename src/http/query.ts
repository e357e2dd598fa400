// Elysia's builder makes integers that are read from the text of a query, and compiles each. Schemas of
// replies use typebox's builder, which does neither.
import { t } from 'elysia'
import { LATEST_S } from '../clock'

/** An optional whole number in a query; the error names the bounds. */
export const wholeNumber = (
  name: string,
  minimum: number,
  maximum: number,
  description: string,
) => {
  // Elysia does not name a parameter that is out of range; a function stays out of the OpenAPI page.
  const error = () => `${name} must be a whole number from ${minimum} to ${maximum}.`
  return t.Optional(t.Integer({ minimum, maximum, description, error }))
}

/** The span of time asked for; both ends may be left open. */
export const spanOf = {
  from: wholeNumber('from', 0, LATEST_S, 'Unix seconds; the first that counts'),
  to: wholeNumber('to', 0, LATEST_S, 'Unix seconds; the first that no longer counts'),
}

/** A page of a list that is ordered by time. */
export const pageQueryOf = {
  ...spanOf,
  limit: wholeNumber('limit', 1, 200, 'Entries a page; 50 if not given'),
  cursor: t.Optional(
    t.String({
      pattern: '^[0-9]{1,15}-[0-9]{1,15}$',
      description: '`next_cursor` of the page before',
    }),
  ),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Words in track, artist, album, address or search. A page may be short, even empty, while next_cursor says that there is more.',
    }),
  ),
}
