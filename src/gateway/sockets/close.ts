/** The codes with which the gateway closes a socket (RFC 6455, 7.4; those from 4000 are our own). */
export const Close = {
  normal: 1000,
  goingAway: 1001,
  abuse: 1008,
  tooBig: 1009,
  full: 1013,
  /** Mopidy's end of a proxied socket broke. */
  badGateway: 1014,
  /** The client did not sign in, or its session has expired or ended. */
  notSignedIn: 4401,
} as const
