import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { address, go, scrollBefore, scrollsIn } from '../address/router'
import { IconButton } from '../controls/button'
import { isUnreachable, UnreachableFace } from '../controls/face'
import { sentences } from '../language/language'
import { CollectSheet } from '../playlists/collect-sheet'
import { Account } from './account'
import { IncognitoSign } from './incognito-sign'
import { Navigation } from './navigation'
import { PlayerBar } from './player-bar'
import { Status } from './status'
import { ToastList } from './toast-list'
import './shell.css'

type ShellOptions = {
  title: string
  /** The address that the arrow at the top opens; without it there is no arrow. */
  back?: string | undefined
  /** Whether the player bar is shown. */
  bar: boolean
  children: ComponentChildren
}

/** The frame of every screen: heading, navigation, player bar and messages. */
export function Shell({ title, back, bar, children }: ShellOptions) {
  const main = useRef<HTMLElement>(null)
  const words = sentences()
  const opened = address.value
  const known = useRef(opened)
  useEffect(() => scrollsIn(main.current), [])
  useLayoutEffect(() => {
    main.current?.scrollTo(0, scrollBefore())
    document.title = `${title} · Musakone`
    if (known.current === opened) return
    // The focus moves only to another path: a new query of the same screen must not interrupt a screen reader.
    if (known.current.split('?')[0] !== opened.split('?')[0]) main.current?.focus()
    known.current = opened
  }, [opened, title])
  return (
    <div class={bar ? 'shell with-bar' : 'shell'}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {words.skipToContent}
      </button>
      <header class="top">
        {back !== undefined && (
          <IconButton icon="back" label={words.back} onClick={() => leave(back)} />
        )}
        <h1>{title}</h1>
        <IncognitoSign />
        <Status />
        <Account />
      </header>
      <Navigation />
      <main id="content" tabIndex={-1} data-scrolls ref={main}>
        {isUnreachable() ? <UnreachableFace /> : children}
      </main>
      {bar && <PlayerBar />}
      <ToastList />
      <CollectSheet />
    </div>
  )
}

/** Goes back in the history if the page itself opened this entry, else to the given address. */
function leave(back: string): void {
  if (history.state?.entry) history.back()
  else go(back)
}
