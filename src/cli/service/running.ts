/** Whether it serves, and a few words on how. */
export type Condition = Readonly<{ alive: boolean; status: string }>

export type Running = {
  /** The port it listens on. */
  port: number
  /** How it is right now, for the service manager. */
  condition(): Condition
  /**
   * Closes sockets with 1001, writes down what waits, and ends within about four seconds, or six where the
   * disk hangs.
   */
  stop(): Promise<void>
}
