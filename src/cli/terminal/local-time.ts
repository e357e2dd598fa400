/** Like `2026-01-05 13:00`, in the machine's time zone. */
export function localTime(unixSeconds: number): string {
  const format = { dateStyle: 'short', timeStyle: 'short' } as const
  return new Date(unixSeconds * 1000).toLocaleString('sv-SE', format)
}
