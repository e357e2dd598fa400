import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../controls/button'
import { Face, Waiting } from '../controls/face'
import { sentences } from '../language/language'

/**
 * A screen that few people open: its script and style, `/page/<file>.js` and `.css`, are fetched when it opens.
 * The bundle has a file for each module that main.tsx names as `typeof import('./…')`. A real `import()` would make
 * the bundler add a loader of its own.
 */
export function lazily<Module>(
  [script, style]: readonly [script: string, style: string],
  screenOf: (module: Module) => ComponentType,
): ComponentType {
  let Screen: ComponentType | undefined
  return function Lazy() {
    const [state, setState] = useState<'waiting' | 'there' | 'failed'>('waiting')
    useEffect(() => {
      if (Screen === undefined)
        Promise.all([import(script), styled(style)]).then(
          ([module]) => {
            Screen = screenOf(module)
            setState('there')
          },
          () => setState('failed'),
        )
    }, [])
    if (Screen !== undefined) return <Screen />
    if (state === 'waiting') return <Waiting />
    const words = sentences()
    return (
      <Face icon="offline" title={words.noConnection}>
        {/* A browser never retries a failed import of the same address, so the page is loaded anew. */}
        <Button onClick={() => location.reload()}>{words.retry}</Button>
      </Face>
    )
  }
}

const styles = new Map<string, Promise<void>>()

function styled(address: string): Promise<void> {
  const known = styles.get(address)
  if (known !== undefined) return known
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = address
  link.onload = () => resolve()
  link.onerror = reject
  document.head.append(link)
  styles.set(address, promise)
  return promise
}
