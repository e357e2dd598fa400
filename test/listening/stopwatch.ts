/** How long something went on, in milliseconds: its ends lie somewhere in the time that each took. */
export type Span = Readonly<{ least: number; most: number }>

/** Measures what begins and ends by calls that take a while to come back, the longer the busier the machine. */
export function createStopwatch() {
  let [least, most] = [0, 0]
  let begun = { asked: 0, answered: 0 }

  async function timed(work: () => Promise<unknown>) {
    const asked = performance.now()
    await work()
    return { asked, answered: performance.now() }
  }

  async function stop(work: () => Promise<unknown>) {
    const ended = await timed(work)
    least += Math.max(ended.asked - begun.answered, 0)
    most += ended.answered - begun.asked
    return ended
  }

  return {
    async start(work: () => Promise<unknown>): Promise<void> {
      begun = await timed(work)
    },

    async pause(work: () => Promise<unknown>): Promise<void> {
      await stop(work)
    },

    /** By `work` one ends and the next begins; how long the one went on, its pauses left out. */
    async next(work: () => Promise<unknown>): Promise<Span> {
      begun = await stop(work)
      const span = { least, most }
      least = 0
      most = 0
      return span
    },
  }
}
