/** The HTTP status of the reply for each error code. */
export const httpStatus = {
  invalid_request: 400,
  unauthorized: 401,
  invalid_credentials: 401,
  forbidden: 403,
  foreign_origin: 403,
  password_change_required: 403,
  confirm_required: 403,
  registration_closed: 403,
  invite_required: 403,
  not_found: 404,
  invalid_invite: 404,
  request_timeout: 408,
  name_taken: 409,
  limit_reached: 409,
  last_admin: 409,
  too_large: 413,
  unsupported_media_type: 415,
  wrong_host: 421,
  upgrade_required: 426,
  too_many_requests: 429,
  internal: 500,
  mopidy_offline: 503,
  unavailable: 503,
  mopidy_timeout: 504,
} as const

type ErrorCode = keyof typeof httpStatus

/** An error for the client: `message` is a sentence for people and contains no secret. */
export class AppError extends Error {
  override readonly name = 'AppError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Seconds after which to try again; sent as `Retry-After`. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}

/** A reason why a command cannot run: one line that names the thing and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message)
  }
}

/** The message of a thrown value, for a log line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
