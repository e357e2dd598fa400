import { query } from '../address/router'

/** The year whose review the address asks for; undefined without one from 1970 on. */
export function yearAsked(): number | undefined {
  const year = query.value.get('year') ?? ''
  return /^(19[7-9]\d|[2-9]\d{3})$/.test(year) ? Number(year) : undefined
}
