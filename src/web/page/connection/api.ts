import type { Invite, NewInvite } from '../../../accounts/invites/model'
import type { Me } from '../../../accounts/model'
import type { PlaybackHistory } from '../../../history/model'
import type { PlaybackState, Queue } from '../../../listening/model'
import { sentences } from '../language/language'
import { accountSheet } from '../shell/account-sheet'
import { askToConfirm } from '../shell/confirming'
import { logInAgain } from './socket'

/** A web client of Mopidy, and where a link to it leads. */
export type WebClient = { name: string; url: string }
type WebClients = { clients: readonly WebClient[]; problem?: string }

/** The refusal of a request, as a code and a sentence. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** Time limits of the first and second attempt: a phone that wakes up may use a dead connection at first. */
const PATIENCE_MS = [900, 8_000]

export const api = {
  me: () => get<Me>('/api/auth/me'),
  logOut: () => send<unknown>('POST', '/api/auth/logout'),
  playbackState: () => get<PlaybackState>('/api/playback/state'),
  queue: (offset: number, limit: number) =>
    get<Queue>(`/api/queue?offset=${offset}&limit=${limit}`),
  playbackHistory: (limit: number) => get<PlaybackHistory>(`/api/playback/history?limit=${limit}`),
  clients: () => get<WebClients>('/api/clients'),
  invites: () => get<{ invites: Invite[] }>('/api/invites'),
  invite: (invite: NewInvite) => send<Invite>('POST', '/api/invites', invite),
}

export async function get<Reply>(path: string): Promise<Reply> {
  for (const [attempt, patience] of PATIENCE_MS.entries()) {
    try {
      return await read<Reply>(await fetch(path, { signal: AbortSignal.timeout(patience) }))
    } catch (error) {
      const timedOut = error instanceof DOMException && error.name === 'TimeoutError'
      if (error instanceof ApiError) throw error
      if (!timedOut || attempt === PATIENCE_MS.length - 1) throw unreachable()
    }
  }
  throw unreachable()
}

/** Sends a request; one that the server wants confirmed is sent again when the person has done so. */
export async function send<Reply>(method: string, path: string, body?: unknown): Promise<Reply> {
  try {
    return await sendOnce<Reply>(method, path, body)
  } catch (error) {
    const isUnconfirmed = error instanceof ApiError && error.code === 'confirm_required'
    if (!isUnconfirmed || !(await askToConfirm())) throw error
    return sendOnce<Reply>(method, path, body)
  }
}

async function sendOnce<Reply>(method: string, path: string, body: unknown): Promise<Reply> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw unreachable()
  })
  return read<Reply>(response)
}

export async function read<Reply>(response: Response): Promise<Reply> {
  if (response.ok) return response.json()
  const { error = 'internal', message = sentences().noConnection } = await response
    .json()
    .catch(() => ({}))
  if (error === 'password_change_required') accountSheet.value = 'first-password'
  // A wrong current password is answered 401 too, but does not end the session.
  if (response.status === 401 && error !== 'invalid_credentials') logInAgain()
  throw new ApiError(error, error === 'mopidy_offline' ? sentences().mopidyOffline : message)
}

const unreachable = () => new ApiError('unreachable', sentences().noConnection)
