import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { adminApi } from '../admin-api'
import { number, short, size } from '../amounts'
import { useRefresh } from '../refreshed'
import { words } from '../words'
import { type Figures, readFigures } from './figures'
import { Findings } from './findings'
import { HeldBack } from './held-back'
import { Pulse } from './overview'
import './health-panel.css'

/** The health of the service in numbers, and the findings of its checks. */
export function HealthPanel() {
  const say = words()
  const answer = useAnswer('health', async () => {
    const [health, figures] = await Promise.all([adminApi.health(), readFigures()])
    return { health, figures }
  })
  const box = useAnswer('box', adminApi.box)
  useRefresh(answer.again)
  return (
    <>
      <Answered answer={answer}>
        {({ health, figures }) => (
          <>
            <Pulse health={health} />
            <Numbers figures={figures} />
            <p class="note">{say.sinceStart}</p>
          </>
        )}
      </Answered>
      <HeldBack />
      <h2 class="admin-head">{say.frontDoor}</h2>
      <Answered answer={box}>{({ findings }) => <Findings findings={findings} />}</Answered>
      <div class="tools">
        <Button icon="repeat" onClick={box.again}>
          {say.checkAgain}
        </Button>
      </div>
    </>
  )
}

function Numbers({ figures }: { figures: Figures }) {
  const say = words()
  const { answers, reads, lag, memoryBytes, files, logins } = figures
  const part = reads.all === 0 ? null : Math.round((reads.memory / reads.all) * 100)
  return (
    <dl class="figures">
      <Figure name={say.sockets} value={number(figures.sockets)} />
      <Figure
        name={say.mopidyAnswers}
        value={answers === null ? '–' : short(answers.half)}
        hint={answers === null ? say.noCalls : say.slowest(short(answers.most))}
      />
      <Figure
        name={say.fromMemory}
        value={part === null ? '–' : `${part} %`}
        hint={say.readsInAll(number(reads.all))}
      />
      <Figure name={say.loopLag} value={lag === null ? '–' : short(lag)} hint={say.lagHint} />
      <Figure
        name={say.memory}
        value={memoryBytes === null ? '–' : size(memoryBytes)}
        hint={files === null ? undefined : say.files(number(files))}
      />
      <Figure
        name={say.dropped}
        value={number(figures.dropped)}
        hint={say.waitingActions(number(figures.waiting))}
        isBad={figures.dropped > 0}
      />
      <Figure
        name={say.failedLogins}
        value={number(logins.failed)}
        hint={say.goodLogins(number(logins.ok))}
      />
    </dl>
  )
}

type FigureOptions = { name: string; value: string; hint?: string | undefined; isBad?: boolean }

function Figure({ name, value, hint, isBad = false }: FigureOptions) {
  return (
    <div class={isBad ? 'figure bad' : 'figure'}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {hint && <span>{hint}</span>}
      </dd>
    </div>
  )
}
