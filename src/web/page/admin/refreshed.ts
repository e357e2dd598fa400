import { useEffect } from 'preact/hooks'

/** Asks again at an interval while the page is visible, since another admin may change the same things. */
export function useRefresh(again: () => void, everyMs = 4_000): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') again()
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
}
