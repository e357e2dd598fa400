import Bowser from 'bowser'

const LONGEST = 64

/** A short name of the device that a user agent speaks of, like `Safari on iPhone`; null without one. */
export function deviceOf(userAgent: string | null): string | null {
  if (userAgent === null || userAgent.trim() === '') return null
  const { browser, os, platform } = Bowser.parse(userAgent)
  // Apple's models say more than their systems do; the others' are codes.
  const place = (platform.vendor === 'Apple' && platform.model) || os.name
  if (browser.name && place) return `${browser.name} on ${place}`.slice(0, LONGEST)
  return (browser.name || programIn(userAgent)).slice(0, LONGEST)
}

/** Programs name themselves first: `curl/8.5.0`. */
function programIn(userAgent: string): string {
  return /^\s*([^\s/()]+)\//.exec(userAgent)?.[1] ?? userAgent.trim()
}
