import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { type Answer, RpcCode, type RpcError } from '../../mopidy/jsonrpc'
import { createHeldBack, type Holder } from './held-back'

const KIB = 1024
const MIB = 1024 * KIB

/** What one may use of a thing; all the guests of an invite together have what is under `invite`. */
type Bound = Readonly<{
  call?: number
  socket?: number
  person?: number
  invite?: number
  address?: number
  all?: number
  /** Completes "…; at most 16 MB of a person": the thing, for people. */
  says: string
}>

/**
 * Everything that can be used up, with its bounds. Sockets and HTTP spend from the same budgets. The
 * numbers of sockets can be configured; those here are what an installation has.
 */
export const BUDGETS = {
  batch: { call: 100, says: 'requests in one batch' },
  batch_answers: { call: 8 * MIB, says: 'bytes of answers to one batch' },
  frame: { socket: 2 * MIB, says: 'bytes in one message' },
  first_frame: { socket: 64 * KIB, says: 'bytes in one message before signing in' },
  socket_calls: { socket: 500, says: 'calls without an answer on one socket' },
  calls: { person: 2_000, invite: 4_000, says: 'calls without an answer' },
  call_bytes: {
    person: 8 * MIB,
    invite: 8 * MIB,
    all: 48 * MIB,
    says: 'bytes of calls without an answer',
  },
  requests: { person: 6, invite: 12, all: 64, says: 'requests over HTTP at once' },
  answers: {
    person: 16 * MIB,
    invite: 16 * MIB,
    all: 48 * MIB,
    says: 'bytes of answers that wait to be read',
  },
  records: { person: MIB, invite: 2 * MIB, says: 'bytes written down a minute' },
  invite_queue: { invite: 3, says: 'times the tracks of one guest' },
  sockets: { person: 64, invite: 128, address: 8_000, all: 10_000, says: 'open sockets' },
  strangers: { address: 16, all: 32, says: 'open sockets that have not signed in' },
} as const satisfies Record<string, Bound>

type BudgetName = keyof typeof BUDGETS
export const BUDGET_NAMES = Object.keys(BUDGETS) as readonly BudgetName[]
/** The budgets from which is spent and to which is given back. */
type Spent = 'calls' | 'call_bytes' | 'requests' | 'answers'
type Whose = 'person' | 'invite' | 'all'

/** What somebody has spent of each. */
type Pot = Record<Spent, number> & {
  readonly whose: Whose
  /** Long answers that wait to be read: how many wait for the same one, which is in memory once. */
  readonly waiting: Map<Answer, number>
  /** Bytes written down in the minute that began at `minuteAt`. */
  written: number
  minuteAt: number
}

/** What a person spends from: their own, that of their invite, that of all. */
export type Purse = { readonly holder: Holder; readonly pots: readonly Pot[] }

/** Gives back what an answer has taken up, once it is on its way or dropped. */
export type Release = () => void

export type Budgets = ReturnType<typeof createBudgets>

/** Purses in memory; beyond that, those of people who use nothing are dropped. */
const MANY = 1_000
const MINUTE_MS = 60_000
/** What an answer costs that waits already for the same person. */
const AGAIN = KIB

/** The budgets of everybody, and a record of those who were held back. */
export function createBudgets({ clock }: { clock: Clock }) {
  const heldBack = createHeldBack({ clock })
  const all = newPot('all')
  const purses = new Map<number, Purse>()
  const invites = new Map<number, Pot>()

  function purseOf(identity: Identity): Purse {
    const known = purses.get(identity.userId)
    if (known !== undefined) return known
    if (purses.size >= MANY) dropIdle()
    const { userId, username, inviteId } = identity
    const invite = inviteId === null ? undefined : potOf(inviteId)
    const pots = [newPot('person'), ...(invite === undefined ? [] : [invite]), all]
    const purse = { holder: { userId, username }, pots }
    purses.set(userId, purse)
    return purse
  }

  function potOf(inviteId: number): Pot {
    const pot = invites.get(inviteId) ?? newPot('invite')
    invites.set(inviteId, pot)
    return pot
  }

  function dropIdle(): void {
    for (const [userId, { pots }] of purses) if (pots[0] && isIdle(pots[0])) purses.delete(userId)
    for (const [inviteId, pot] of invites) if (isIdle(pot)) invites.delete(inviteId)
  }

  function refuse(purse: Purse, budget: BudgetName, whose: keyof Bound): RpcError {
    heldBack.note(budget, purse.holder)
    return overBudget(budget, whose)
  }

  /** Spends from all pots of the purse; why not, when one has too little left. */
  function spend(purse: Purse, budget: Spent, amount: number): RpcError | undefined {
    for (const pot of purse.pots) {
      const most = (BUDGETS[budget] as Bound)[pot.whose]
      // Whoever has spent nothing may have one thing of any size.
      if (most !== undefined && pot[budget] > 0 && pot[budget] + amount > most)
        return refuse(purse, budget, pot.whose)
    }
    for (const pot of purse.pots) pot[budget] += amount
    return undefined
  }

  function giveBack(purse: Purse, budget: Spent, amount: number): void {
    for (const pot of purse.pots) pot[budget] -= amount
  }

  const api = {
    purseOf,

    /** Takes up one call of so many bytes; why not, when there are too many. */
    takeCall(purse: Purse, bytes: number): RpcError | undefined {
      const error = spend(purse, 'calls', 1)
      if (error !== undefined) return error
      const tooLong = spend(purse, 'call_bytes', bytes)
      if (tooLong !== undefined) giveBack(purse, 'calls', 1)
      return tooLong
    },

    endCall(purse: Purse, bytes: number): void {
      giveBack(purse, 'calls', 1)
      giveBack(purse, 'call_bytes', bytes)
    },

    /** Takes up one request over HTTP; why not, when there are too many. */
    takeRequest: (purse: Purse): RpcError | undefined => spend(purse, 'requests', 1),
    endRequest: (purse: Purse): void => giveBack(purse, 'requests', 1),

    /**
     * Takes up the memory of an answer until it has been read; why not, when too much waits already. One
     * that waits several times for the same person is in memory once.
     */
    holdAnswer(purse: Purse, answer: Answer): Release | RpcError {
      const length = 'resultText' in answer ? answer.resultText.length : 0
      for (const pot of purse.pots) {
        const most = (BUDGETS.answers as Bound)[pot.whose]
        const costs = pot.waiting.has(answer) ? AGAIN : length
        if (most !== undefined && pot.answers > 0 && pot.answers + costs > most)
          return refuse(purse, 'answers', pot.whose)
      }
      for (const pot of purse.pots) {
        const times = pot.waiting.get(answer) ?? 0
        pot.waiting.set(answer, times + 1)
        pot.answers += times === 0 ? length : AGAIN
      }
      return () => {
        for (const pot of purse.pots) {
          const times = pot.waiting.get(answer) ?? 0
          if (times > 1) {
            pot.waiting.set(answer, times - 1)
            pot.answers -= AGAIN
          } else if (pot.waiting.delete(answer)) pot.answers -= length
        }
      }
    },

    /** The same for an answer in a batch, after answers of so many bytes. */
    holdInBatch(purse: Purse, answer: Answer, before: number): Release | RpcError {
      const length = 'resultText' in answer ? answer.resultText.length : 0
      if (before > 0 && before + length > BUDGETS.batch_answers.call)
        return refuse(purse, 'batch_answers', 'call')
      return api.holdAnswer(purse, answer)
    },

    /** Counts what is about to be written down; why not, when that is too much for a minute. */
    write(purse: Purse, bytes: number): RpcError | undefined {
      const now = clock.elapsed()
      for (const pot of purse.pots) {
        if (now - pot.minuteAt >= MINUTE_MS || now < pot.minuteAt) {
          pot.minuteAt = now
          pot.written = 0
        }
        const most = (BUDGETS.records as Bound)[pot.whose]
        if (most !== undefined && pot.written + bytes > most)
          return refuse(purse, 'records', pot.whose)
      }
      for (const pot of purse.pots) pot.written += bytes
      return undefined
    },

    /** Notes that somebody, or an address, was held back by a budget that is counted elsewhere. */
    noteRefused: (budget: BudgetName, holder: Holder): void => heldBack.note(budget, holder),

    /** The refusal of a call by a budget that is counted elsewhere. */
    refuse,

    /** How often each budget has held somebody back since the start. */
    refusals: heldBack.counts,

    /** Who was held back lately, by which budget and when; the latest first. */
    heldBack: () =>
      heldBack
        .latest()
        .map((entry) => ({ ...entry, says: BUDGETS[entry.budget as BudgetName].says })),
  }
  return api
}

/** The refusal that names a budget, its bound, and whose it is. */
function overBudget(budget: BudgetName, whose: keyof Bound): RpcError {
  const { says, ...bounds }: Bound = BUDGETS[budget]
  const most = (bounds as Record<string, number>)[whose] ?? 0
  const message = `Too many ${says}: at most ${amountOf(most)}${WHOSE[whose] ?? ''}`
  return { code: RpcCode.tooManyRequests, message, data: { budget, most } }
}

const WHOSE: Readonly<Record<string, string>> = {
  person: ' of one person',
  invite: ' of all the guests of one invite',
  address: ' of one address',
  all: ' in all',
}

const amountOf = (most: number): string => (most >= MIB ? `${most / MIB} MiB` : String(most))

function newPot(whose: Whose): Pot {
  return {
    whose,
    calls: 0,
    call_bytes: 0,
    requests: 0,
    answers: 0,
    waiting: new Map(),
    written: 0,
    minuteAt: 0,
  }
}

const isIdle = ({ calls, requests, waiting, written }: Pot): boolean =>
  calls + requests + waiting.size + written === 0
