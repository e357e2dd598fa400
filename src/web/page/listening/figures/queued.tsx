import { number, percent } from '../amounts'
import type { Stats, Whose } from '../ask'
import { words } from '../words'
import './queued.css'

/** How the songs that were queued ended: a bar in parts, and each part in words. */
export function Queued({ queue, whose }: { queue: Stats['queue']; whose: Whose }) {
  const { added, plays, finished, skipped, skipped_by_self, skip_rate } = queue
  const say = words()
  const mine = whose === 'mine'
  // In the room's figures, `skipped` counts everybody's skips.
  const bySelf = mine ? skipped_by_self : 0
  const parts = [
    ['finished', say.finished, finished],
    ['skipped', mine ? say.skippedByOthers : say.skippedByAnyone, skipped],
    ['by-self', say.skippedByMe, bySelf],
    ['otherwise', say.otherwiseOver, plays - finished - skipped - bySelf],
  ] as const
  const shown = parts.filter(([, , count]) => count > 0)
  return (
    <>
      <p class="card-lead">{added === 0 ? say.queueNone : say.queueAdded(added)}</p>
      {plays > 0 && (
        <>
          <div class="parts" aria-hidden="true">
            {shown.map(([part, , count]) => (
              <span key={part} class={part} style={{ flexGrow: count }} />
            ))}
          </div>
          <dl class="legend">
            {shown.map(([part, name, count]) => (
              <div key={part}>
                <dt>
                  <span class={`swatch ${part}`} />
                  {name}
                </dt>
                <dd>{number(count)}</dd>
              </div>
            ))}
          </dl>
          {skip_rate !== null && skip_rate > 0 && (
            <p class="card-hint">{(mine ? say.skipRateMine : say.skipRate)(percent(skip_rate))}</p>
          )}
        </>
      )}
    </>
  )
}
