import { Answered, useAnswer } from '../../controls/answer'
import { Icon } from '../../controls/icon'
import { adminApi } from '../admin-api'
import { number, relative } from '../amounts'
import { words } from '../words'

/** A card that tells who was held back lately, by which budget, and when. */
export function HeldBack() {
  const say = words()
  const answer = useAnswer('held-back', adminApi.heldBack)
  return (
    <>
      <h2 class="admin-head">{say.heldBack}</h2>
      <Answered answer={answer}>
        {({ held_back }) =>
          held_back.length === 0 ? (
            <p class="note">{say.nobodyHeldBack}</p>
          ) : (
            <ul class="rows" aria-label={say.heldBack}>
              {held_back.map(({ user_id, who, budget, times, last_at }) => (
                <li key={`${budget} ${user_id ?? who}`} class="row">
                  <Icon name="shield" />
                  <span class="row-words">
                    <span class="row-title">{who}</span>
                    <span class="row-hint">
                      {[say.budgets[budget] ?? budget, say.times(number(times))].join(' · ')}
                    </span>
                  </span>
                  <span class="length">{relative(last_at)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </>
  )
}
