import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { searchAddress } from '../address/links'
import { go, path, query } from '../address/router'
import { connection } from '../connection/socket'
import { Button, IconButton } from '../controls/button'
import { Face, isAway, OfflineFace, Waiting } from '../controls/face'
import { Icon } from '../controls/icon'
import { sentences } from '../language/language'
import { type Found, search } from '../library/library'
import { HeardLately } from './heard-lately'
import { Results } from './results'
import './search.css'

/** The text of the running or last search; it starts when typing has paused. */
const asked = signal('')
const found = signal<Found | null>(null)
const problem = signal<string | null>(null)
const busy = signal(false)

const SETTLED_MS = 220
let timer: ReturnType<typeof setTimeout> | undefined

/** Searches all of Mopidy's backends while the person types. */
export function SearchScreen() {
  const words = sentences()
  const input = useRef<HTMLInputElement>(null)
  const text = query.value.get('q') ?? ''
  useEffect(() => {
    // On a phone the keyboard would open and cover the songs that were heard lately.
    if (matchMedia('(hover: hover)').matches) input.current?.focus()
  }, [])
  const isConnecting = connection.value === 'connecting'
  useEffect(() => {
    if (!isConnecting) ask(text)
  }, [text, isConnecting])
  return (
    <div class="search">
      <search class="search-field">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label={words.searchFor}
          placeholder={words.searchFor}
          value={text}
          autocomplete="off"
          autocorrect="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
        {text !== '' && (
          <IconButton
            icon="close"
            label={words.clearSearch}
            onClick={() => {
              write('')
              input.current?.focus()
            }}
          />
        )}
      </search>
      {isAway() ? <OfflineFace /> : <Body text={text} />}
    </div>
  )
}

function Body({ text }: { text: string }) {
  const words = sentences()
  if (text.trim() === '') return <HeardLately />
  if (problem.value !== null)
    return (
      <Face icon="offline" title={problem.value}>
        <Button onClick={() => ask(text, 0)}>{words.retry}</Button>
      </Face>
    )
  const results = found.value
  if (results === null) return <Waiting rows={7} />
  const { tracks, albums, artists, playlists } = results
  const count = tracks.length + albums.length + artists.length + playlists.length
  return (
    <div data-busy={busy.value ? '' : undefined}>
      <p class="unseen" role="status">
        {words.results(count)}
      </p>
      {count === 0 && !busy.value ? (
        <Face icon="search" title={words.noResults(asked.value)} hint={words.noResultsHint}>
          <Button icon="library" onClick={() => go(SCREENS.browse)}>
            {words.browse}
          </Button>
        </Face>
      ) : (
        <Results found={results} />
      )}
    </div>
  )
}

/** Keeps the typed text in the address, so that "back" returns to the results. */
function write(text: string): void {
  go(searchAddress(text), { replace: path.value === SCREENS.search })
}

function ask(text: string, settledMs = SETTLED_MS): void {
  clearTimeout(timer)
  const words = text.trim()
  if (words === asked.value && found.value !== null) return
  asked.value = words
  problem.value = null
  if (words === '') {
    found.value = null
    return
  }
  busy.value = true
  timer = setTimeout(async () => {
    try {
      const results = await search(words)
      if (asked.value !== words) return
      found.value = results
    } catch (error) {
      if (asked.value !== words) return
      found.value = null
      problem.value = error instanceof Error ? error.message : String(error)
    }
    busy.value = false
  }, settledMs)
}
