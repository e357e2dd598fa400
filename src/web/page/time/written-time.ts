/**
 * The time of day as `Intl` writes it with two digits each; undefined for a language that is not known here.
 * The first use of `Intl` blocks a slow phone for 100 ms, and that would be while the page opens.
 */
export function writtenTime(locale: string, date: Date): string | undefined {
  const [hours, minutes] = [date.getHours(), twoDigits(date.getMinutes())]
  if (ALL_DAY.test(locale)) return `${twoDigits(hours)}:${minutes}`
  if (!HALF_DAYS.test(locale)) return undefined
  return `${twoDigits(hours % 12 || 12)}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`
}

const ALL_DAY = /^(de(-(AT|BE|CH|DE|IT|LI|LU))?|en-(GB|IE|NL|ZA))$/
const HALF_DAYS = /^en(-US)?$/

const twoDigits = (part: number): string => String(part).padStart(2, '0')
