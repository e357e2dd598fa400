import {
  chmodSync,
  chownSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { sync } from '../../database/file-sync'
import { isLoopback } from './listening-sockets'

export const MOPIDY_CONF = '/etc/mopidy/mopidy.conf'

/** The settings by which only this machine reaches Mopidy's web server and MPD server. */
const CLOSED_DOORS = [
  { section: 'http', key: 'hostname', value: '127.0.0.1' },
  { section: 'mpd', key: 'hostname', value: '127.0.0.1' },
] as const

type Setting = Readonly<{ section: string; key: string; value: string }>
type Line = { section: string; text: string }

/**
 * The configuration with `hostname` on loopback in `[http]` and `[mpd]`; comments, order and line ends
 * stay. The same text when both are on loopback already.
 */
export function closeDoors(text: string): string {
  return CLOSED_DOORS.reduce(set, text)
}

/** The value of a key, as Mopidy reads it; undefined when it is not set. */
export function valueIn(text: string, section: string, key: string): string | undefined {
  const lines = linesOf(text)
  const index = findKey(lines, section, key)
  if (index === -1) return undefined
  const [first = '', ...more] = [index, ...continuations(lines, index)].map((at) =>
    withoutComment(lines[at]?.text ?? ''),
  )
  return [first.replace(/^[^=:]*[=:]/, ''), ...more].join(' ').trim()
}

/** Whether Mopidy listens there for this machine only; a Unix socket is no door to the network. */
export function isClosed(value: string): boolean {
  return isLoopback(value) || value === 'localhost' || value.startsWith('unix:')
}

/**
 * Replaces the text of the file in one step, with its mode and owner, and keeps a copy of the old file.
 * Returns the name of the copy.
 */
export function rewrite(file: string, text: string, now: Date): string {
  // The rename must replace the file, not a link to it.
  const target = realpathSync(file)
  const { mode, uid, gid } = statSync(target)
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const copy = `${target}.before-musakone-${time}Z`
  const draft = `${target}.musakone-tmp`
  const write = (path: string, content: string | Buffer) => {
    rmSync(path, { force: true })
    // The configuration may hold passwords of music services.
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
    chownSync(path, uid, gid)
    chmodSync(path, mode & 0o7777)
    sync(path)
  }
  try {
    write(copy, readFileSync(target))
    write(draft, text)
    renameSync(draft, target)
    sync(dirname(target))
    return copy
  } finally {
    rmSync(draft, { force: true })
  }
}

function set(text: string, { section, key, value }: Setting): string {
  const now = valueIn(text, section, key)
  if (now !== undefined && isClosed(now)) return text
  const lines = linesOf(text)
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const setting = `${key} = ${value}`
  const index = findKey(lines, section, key)
  if (index !== -1) {
    const line = lines[index]
    const comment = /\s+;.*$/.exec(line?.text.replace(/\r$/, '') ?? '')?.[0] ?? ''
    const removed = new Set(continuations(lines, index))
    return lines
      .map(({ text }, at) => (at === index ? `${setting}${comment}${carriage(text)}` : text))
      .filter((_, at) => !removed.has(at))
      .join('\n')
  }
  const header = lines.findIndex((line) => isHeader(line.text, section))
  if (header === -1) {
    const gap = text === '' || text.endsWith('\n') ? '' : end
    const apart = text === '' ? '' : end
    return `${text}${gap}${apart}[${section}]${end}${setting}${end}`
  }
  const before = lines.slice(0, header + 1).map(({ text }) => text)
  const after = lines.slice(header + 1).map(({ text }) => text)
  // The last line of a file may lack its end.
  const [last = ''] = before.slice(-1)
  const withEnd =
    after.length === 0 ? `${last}${end}${setting}${end}` : `${last}\n${setting}${carriage(last)}`
  return [...before.slice(0, -1), withEnd, ...after].join('\n')
}

/** Each line with the section that it belongs to. */
function linesOf(text: string): Line[] {
  let section = ''
  return text.split('\n').map((line) => {
    section = /^\[([^\]]+)\]/.exec(line)?.[1] ?? section
    return { section, text: line }
  })
}

function isHeader(text: string, section: string): boolean {
  return /^\[([^\]]+)\]/.exec(text)?.[1] === section
}

/** The index of the last line that sets the key, since that one counts; names ignore case. -1 without one. */
function findKey(lines: readonly Line[], section: string, key: string): number {
  return lines.findLastIndex(
    (line) =>
      line.section === section &&
      /^([^\s#;[=:][^=:]*?)\s*[=:]/.exec(line.text)?.[1]?.toLowerCase() === key,
  )
}

/** The indices of the indented lines below, which continue the value. */
function continuations(lines: readonly Line[], index: number): number[] {
  const found: number[] = []
  for (let at = index + 1; /^[ \t]+\S/.test(lines[at]?.text ?? ''); at += 1)
    if (!/^\s*[#;]/.test(lines[at]?.text ?? '')) found.push(at)
  return found
}

const withoutComment = (text: string) => text.replace(/\s;.*$/, '').trim()
const carriage = (text: string) => (text.endsWith('\r') ? '\r' : '')
