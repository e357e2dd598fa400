/** The failure of a call to Mopidy, as a code and a sentence. */
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
