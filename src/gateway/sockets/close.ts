/** Why the gateway closes a socket (RFC 6455, 7.4; 4000 and up are ours). */
export const Close = {
  normal: 1000,
  goingAway: 1001,
  abuse: 1008,
  tooBig: 1009,
  full: 1013,
  /** Mopidy's end of a proxied socket broke. */
  badGateway: 1014,
  /** Not signed in, expired, or revoked. */
  notSignedIn: 4401,
} as const
