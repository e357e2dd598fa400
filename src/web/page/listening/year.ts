import { query } from '../address/router'

/** The year to look back on, if one is asked for that there can be. */
export function yearAsked(): number | undefined {
  const year = query.value.get('year') ?? ''
  return /^(19[7-9]\d|[2-9]\d{3})$/.test(year) ? Number(year) : undefined
}
