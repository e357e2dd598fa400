import { Type as t } from '@sinclair/typebox'
import { AppError } from '../errors'

/** The parameters of a path that ends in an id. */
export const IdInPath = t.Object({ id: t.String({ description: 'A whole number' }) })

/**
 * The id in a path.
 * @throws {AppError} `not_found` when it is not a whole number above 0.
 */
export function idIn({ id }: { id: string }): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError('not_found', 'There is nothing of that id.')
  return Number(id)
}
