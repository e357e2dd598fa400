// First, so that the rules of the parts come later in the bundle and win over these.
import './listening.css'
import { listeningAddress } from '../address/links'
import { query } from '../address/router'
import { Tabs } from '../controls/tabs'
import { Figures } from './figures/figures'
import { History } from './history/history'
import { MyData } from './my-data/my-data'
import { YearInReview } from './review/review'
import { words } from './words'
import { yearAsked } from './year'

/** A person's own figures, history and data. */
export function ListeningScreen() {
  const year = yearAsked()
  if (year !== undefined)
    return (
      <div class="listening">
        <YearInReview whose="mine" year={year} />
      </div>
    )
  const say = words()
  const shown = query.value.get('show')
  return (
    <div class="listening">
      <Tabs
        label={say.parts}
        tabs={[
          [listeningAddress('listening'), say.figures, shown !== 'history' && shown !== 'data'],
          [listeningAddress('listening', 'history'), say.history, shown === 'history'],
          [listeningAddress('listening', 'data'), say.myData, shown === 'data'],
        ]}
      />
      {shown === 'history' ? (
        <History whose="mine" />
      ) : shown === 'data' ? (
        <MyData />
      ) : (
        <Figures whose="mine" />
      )}
    </div>
  )
}
