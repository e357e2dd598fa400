/** Why a call was not made, in a sentence for the person who wanted it. */
export class CallError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

export const Refused = {
  offline: -32_000,
  timedOut: -32_001,
  notAllowed: -32_002,
  tooMany: -32_003,
} as const
