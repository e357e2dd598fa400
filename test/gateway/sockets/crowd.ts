import { join } from 'node:path'
import type { DemoMopidy } from '../../../src/demo/mopidy'
import { atEnd } from '../../support/end'

export type ToCrowd =
  | { do: 'arrive'; url: string; clients: number }
  | { do: 'leave' }
  | { do: 'call'; method: string }
  | { do: 'call on'; method: string; ms: number }
  | { do: 'call on a beat'; method: string; ms: number; everyMs: number }
  | Flood
  | { do: 'hear'; events: number }
  | { do: 'endings' }

export type Flood = { do: 'flood'; method: string; frames: number; inFlight: number }

/** Whatever was asked for; times in milliseconds. */
export type Report = {
  ms?: number
  /** Characters of the shortest answer. */
  smallest?: number
  calls?: number
  p50?: number
  p99?: number
  most?: number
  answered?: number
  refused?: number
  heard?: Heard
  /** Of each of the first hundred events: when it had come to 99 of 100 clients. */
  p99s?: number[]
  endings?: number[]
}

/** Numbered events: the fewest and the most that a client has heard, and those not in their turn. */
export type Heard = { least: number; most: number; outOfTurn: number }

export type FromCrowd = { done: Report } | { failed: string }

export type Crowd = ReturnType<typeof startCrowd>

const LONGEST_WAIT_MS = 120_000

/** A process that is many clients of the own dialect. */
export function startCrowd() {
  let settle: (message: FromCrowd) => void = () => {}
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'crowd-program.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (message: FromCrowd) => settle(message),
  })
  atEnd(() => child.kill('SIGKILL'))
  void child.exited.then((code) => settle({ failed: `the crowd exited with ${code}` }))

  function ask(message: ToCrowd): Promise<Report> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle({ failed: 'no report' }), LONGEST_WAIT_MS)
      settle = (report) => {
        clearTimeout(timer)
        if ('failed' in report) reject(new Error(`${message.do}: ${report.failed}`))
        else resolve(report.done)
      }
      child.send(message)
    })
  }

  return {
    ask,
    async stop(): Promise<void> {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** Lets Mopidy send numbered events; `padding` makes them longer. */
export function createAnnouncer({ emit }: DemoMopidy) {
  let number = 0
  return (padding = ''): void => {
    number += 1
    const sentAt = performance.timeOrigin + performance.now()
    emit({ event: 'stream_title_changed', title: `${number} ${sentAt} ${padding}` })
  }
}
