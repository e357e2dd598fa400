import { useRef, useState } from 'preact/hooks'
import { may, me } from '../../connection/session'
import { Button } from '../../controls/button'
import { ask, type Imported } from '../ask'
import { Card } from '../card'
import { words } from '../words'

type Progress = { reading: string } | { imported: Imported } | { problem: string }

/** Imports a file that was exported before, and shows how many rows it brought. */
export function BringBackCard() {
  const say = words()
  const input = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  if (me.value !== null && !may('history.import'))
    return (
      <Card title={say.bringBack} hint={say.bringBackHint}>
        <p class="none">{say.onlyMembersImport}</p>
      </Card>
    )
  async function bring(file: File) {
    setProgress({ reading: file.name })
    try {
      setProgress({ imported: await ask.bringBack(file) })
    } catch (error) {
      setProgress({ problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return (
    <Card title={say.bringBack} hint={say.bringBackHint}>
      <input
        ref={input}
        type="file"
        hidden
        accept=".jsonl,.json,.ndjson,.csv,application/jsonl,application/json,text/csv"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          // Without this, choosing the same file again would fire no event.
          currentTarget.value = ''
          if (file) bring(file)
        }}
      />
      <Button
        icon="upload"
        disabled={progress !== null && 'reading' in progress}
        onClick={() => input.current?.click()}
      >
        {say.chooseFile}
      </Button>
      <div class="outcome" role="status">
        {progress !== null && <Outcome progress={progress} />}
      </div>
    </Card>
  )
}

function Outcome({ progress }: { progress: Progress }) {
  const say = words()
  if ('reading' in progress) return <p>{say.importing(progress.reading)}</p>
  if ('problem' in progress) return <p class="wrong">{progress.problem}</p>
  const { actions, plays, invalid, problems } = progress.imported
  return (
    <>
      <p>{say.imported(actions.imported + plays.imported, actions.known + plays.known)}</p>
      {invalid > 0 && (
        <>
          <p class="wrong">{say.invalidLines(invalid)}</p>
          <ul>
            {problems.map(({ line, problem }) => (
              <li key={`${line} ${problem}`}>{say.line(line, problem)}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
