/** The result of a check; `unknown` where this machine or user cannot tell. */
type Mark = 'ok' | 'note' | 'wrong' | 'unknown'

/** What a check has found: a sentence, and what to do about it. */
export type Finding = Readonly<{ check: string; mark: Mark; message: string; remedy?: string }>

const of =
  (mark: Mark) =>
  (check: string, message: string, remedy?: string): Finding => ({
    check,
    mark,
    message,
    ...(remedy !== undefined && { remedy }),
  })

export const ok = of('ok')
export const note = of('note')
export const wrong = of('wrong')
export const unknown = of('unknown')

const SIGNS: Readonly<Record<Mark, string>> = { ok: '✓', note: '!', wrong: '✗', unknown: '?' }

/** The findings as text, a line for each, with its remedy on the next line, and the verdict at the end. */
export function reportOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.map(({ check, mark, message, remedy }) => {
    const line = `${SIGNS[mark]} ${check.padEnd(width)}  ${message}`
    return remedy === undefined ? line : `${line}\n${' '.repeat(width + 4)}→ ${remedy}`
  })
  const wrongs = findings.filter(({ mark }) => mark === 'wrong').length
  const verdict =
    wrongs === 0
      ? 'Nothing is wrong.'
      : `${wrongs} ${wrongs === 1 ? 'thing is' : 'things are'} wrong.`
  return [...lines, '', verdict].join('\n')
}
