import { useState } from 'preact/hooks'
import { Button } from '../../controls/button'
import { Icon } from '../../controls/icon'
import { Question } from '../../controls/sheet'
import { incognito, setIncognito } from '../../shell/incognito'
import { say as announce, complain } from '../../shell/toasts'
import { ask } from '../ask'
import { Card } from '../card'
import { secondsOf, startOf } from '../spans'
import { words } from '../words'
import { BringBackCard } from './bring-back'
import '../filters.css'
import './my-data.css'

/** A person's own data: the incognito switch, export, import and deletion. */
export function MyData() {
  return (
    <div class="columns">
      <div class="cards">
        <IncognitoCard />
        <TakeAwayCard />
      </div>
      <div class="cards">
        <BringBackCard />
        <ForgetCard />
      </div>
    </div>
  )
}

function IncognitoCard() {
  const say = words()
  const isOn = incognito.value === true
  return (
    <Card title={say.incognito} hint={say.incognitoHint}>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={isOn}
        disabled={incognito.value === null}
        onClick={() => setIncognito(!isOn).catch(complain)}
      >
        <span class="switch-track" aria-hidden="true" />
        {isOn ? say.incognitoOn : say.incognitoOff}
      </button>
    </Card>
  )
}

function TakeAwayCard() {
  const say = words()
  const files = [
    ['jsonl', say.jsonLines, say.jsonLinesHint],
    ['csv', say.csv, say.csvHint],
    ['listenbrainz', say.listenBrainz, say.listenBrainzHint],
  ] as const
  return (
    <Card title={say.takeAway} hint={say.takeAwayHint}>
      <ul class="choices">
        {files.map(([format, name, hint]) => (
          <li key={format}>
            <a href={`/api/analytics/export?format=${format}`} download>
              <Icon name="download" />
              <span>
                {name}
                <small>{hint}</small>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const REACHES = ['hour', 'day', 'week', 'all'] as const
type Reach = (typeof REACHES)[number]

function ForgetCard() {
  const say = words()
  const [reach, setReach] = useState<Reach>('hour')
  const [asks, setAsks] = useState(false)
  const names: Record<Reach, string> = {
    hour: say.forgetHour,
    day: say.forgetDay,
    week: say.forgetWeek,
    all: say.forgetAll,
  }
  function forget() {
    ask
      .forget(secondsOf(beginOf(reach)))
      .then(({ actions, plays }) => announce(say.forgotten(actions, plays)), complain)
  }
  return (
    <Card title={say.forget} hint={say.forgetHint}>
      <div class="filters in-card">
        <label>
          <span>{say.forgetWhat}</span>
          <select
            value={reach}
            onChange={({ currentTarget }) => setReach(currentTarget.value as Reach)}
          >
            {REACHES.map((reach) => (
              <option key={reach} value={reach}>
                {names[reach]}
              </option>
            ))}
          </select>
        </label>
        <Button icon="trash" class="problem" onClick={() => setAsks(true)}>
          {say.forget}
        </Button>
      </div>
      {asks && (
        <Question
          title={say.forgetQuestion}
          hint={say.forgetSays(names[reach])}
          icon="trash"
          label={say.forgetNow}
          onYes={forget}
          keep={say.cancel}
          onClose={() => setAsks(false)}
        />
      )}
    </Card>
  )
}

function beginOf(reach: Reach): Date | undefined {
  if (reach === 'hour') return new Date(Date.now() - 3_600_000)
  if (reach === 'day') return new Date(new Date().setHours(0, 0, 0, 0))
  return reach === 'week' ? startOf('week') : undefined
}
