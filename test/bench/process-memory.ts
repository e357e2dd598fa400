import { readFileSync } from 'node:fs'

/** A line of a file in /proc, which counts in kB; undefined when there is none. */
export function megabytes(file: string, name: string): number | undefined {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))
    return line === null ? undefined : Number(line[1]) / 1024
  } catch {
    return undefined
  }
}

export const told = (value: number | undefined) =>
  value === undefined ? 'unknown' : `${value.toFixed(1)} MB`
