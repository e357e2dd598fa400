import { guarded } from './guard'
import type { Log } from './log'

type News = Readonly<{
  /** What the listeners do with the news, for the log: it goes on after "cannot". */
  what: string
  log: Log
}>

/** The listeners of one kind of news: who has the news tells them all, and knows none of them. */
export function createListeners<Told extends readonly unknown[]>(news: News) {
  const listeners: ((...told: Told) => unknown)[] = []

  return {
    /**
     * Calls every listener, in the order in which they were added, also after one has failed, which is
     * logged. Whether none has failed.
     */
    tell(...told: Told): boolean {
      let worked = true
      for (const listener of listeners) {
        const heard = guarded(news, () => listener(...told))
        worked &&= heard
      }
      return worked
    },

    add(listener: (...told: Told) => unknown): void {
      listeners.push(listener)
    },
  }
}
