import type { ComponentChildren } from 'preact'
import { connection, hasBeenOpen, mopidyOnline } from '../connection/socket'
import { sentences } from '../language/language'
import { Icon, type IconName } from './icon'

type FaceOptions = { icon: IconName; title: string; hint?: string; children?: ComponentChildren }

/** A large icon and a sentence, in the place of a screen's content. */
export function Face({ icon, title, hint, children }: FaceOptions) {
  return (
    <div class="face">
      <span class="face-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  )
}

export function OfflineFace() {
  const { mopidyOffline, mopidyOfflineHint } = sentences()
  return <Face icon="offline" title={mopidyOffline} hint={mopidyOfflineHint} />
}

/** Shown when the service worker opened the page and the server does not answer. */
export function UnreachableFace() {
  const { noConnection, noConnectionHint } = sentences()
  return <Face icon="offline" title={noConnection} hint={noConnectionHint} />
}

/** Whether the page has had no connection since it was opened. */
export const isUnreachable = (): boolean => connection.value === 'lost' && !hasBeenOpen.value

/** Grey rows in the place of content that is being fetched. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div class="waiting" role="status" aria-label={sentences().loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div class="ghost-row" key={index}>
          <Ghost />
        </div>
      ))}
    </div>
  )
}

/** The grey cover and the two grey lines of a row that is being fetched. */
export function Ghost() {
  return (
    <>
      <span class="ghost square" />
      <span class="ghost-words">
        <span class="ghost line" />
        <span class="ghost line short" />
      </span>
    </>
  )
}

/** Whether Musakone has said that it has no Mopidy. */
export const isAway = (): boolean => connection.value === 'open' && !mopidyOnline.value
