/** The listeners of one kind of news: who has the news tells them all, and knows none of them. */
export function createListeners<News extends readonly unknown[]>() {
  const listeners: ((...news: News) => unknown)[] = []

  return {
    /** Calls every listener, in the order in which they were added. */
    tell(...news: News): void {
      for (const listener of listeners) listener(...news)
    },

    add(listener: (...news: News) => unknown): void {
      listeners.push(listener)
    },
  }
}
