import type { ComponentChildren } from 'preact'
import { connection, hasBeenOpen, mopidyOnline } from '../connection/socket'
import { sentences } from '../language/language'
import { Icon, type IconName } from './icon'

type FaceOptions = { icon: IconName; title: string; hint?: string; children?: ComponentChildren }

/** What a screen shows when it has nothing else to show. */
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

/** Where the page itself is kept, but nobody answers it. */
export function UnreachableFace() {
  const { noConnection, noConnectionHint } = sentences()
  return <Face icon="offline" title={noConnection} hint={noConnectionHint} />
}

/** Whether the page was opened without a connection. */
export const isUnreachable = (): boolean => connection.value === 'lost' && !hasBeenOpen.value

/** Stands for what is on its way: the connection, or the rows of a list. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div class="waiting" role="status" aria-label={sentences().loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div class="ghost-row" key={index}>
          <span class="ghost square" />
          <span class="ghost-words">
            <span class="ghost line" />
            <span class="ghost line short" />
          </span>
        </div>
      ))}
    </div>
  )
}

/** Whether Mopidy is known to be away. */
export const isAway = (): boolean => connection.value === 'open' && !mopidyOnline.value
