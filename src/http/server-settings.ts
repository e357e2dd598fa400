import { LARGEST_STREAM } from './body'

/** Seconds that a connection may wait for its next request. */
export const IDLE_S = 30
const LARGEST_BACKLOG = 1024 * 1024

type ServerSettings = {
  /** Seconds that a connection may wait for its next request. */
  idleS: number
  /** Bytes of a frame of a client that has signed in; the gateway looks at the frames of the others. */
  largestFrame: number
}

/** How Elysia and Bun listen, on each of the ports. */
export const serverSettings = ({ idleS, largestFrame }: ServerSettings) => ({
  // Otherwise Elysia finds a wrong path where the host has fewer than four letters.
  handler: { standardHostname: false },
  serve: {
    // Otherwise a second instance would start on the same port and share its traffic.
    reusePort: false,
    // The development error page shows paths.
    development: false,
    maxRequestBodySize: LARGEST_STREAM,
    idleTimeout: idleS,
  },
  websocket: {
    maxPayloadLength: largestFrame,
    backpressureLimit: LARGEST_BACKLOG,
    closeOnBackpressureLimit: true,
    idleTimeout: 30,
  },
})
