import { useEffect } from 'preact/hooks'

/** Asks again every now and then, while the page is looked at: another admin may be at work. */
export function useRefresh(again: () => void, everyMs = 4_000): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') again()
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
}
