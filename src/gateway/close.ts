/** Why the gateway closes a socket (RFC 6455, 7.4; 4000 and up are ours). */
export const Close = {
  goingAway: 1001,
  abuse: 1008,
  tooBig: 1009,
  full: 1013,
  /** Not signed in, expired, or revoked. */
  notSignedIn: 4401,
} as const
