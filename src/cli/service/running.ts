/** Whether the service can answer requests, and a few words on it for `systemctl status`. */
export type Condition = Readonly<{ alive: boolean; status: string }>

/** A service that has started. */
export type Running = {
  /** The port that it listens on. */
  port: number
  /** The present condition, for the service manager. */
  condition(): Condition
  /**
   * Closes all sockets with 1001 and writes the actions and plays that still wait. Resolves within about
   * four seconds, or six when the disk does not respond.
   */
  stop(): Promise<void>
}
