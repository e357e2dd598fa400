import { useState } from 'preact/hooks'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { Icon } from '../../controls/icon'
import { say as announce, complain } from '../../shell/toasts'
import { adminApi } from '../admin-api'
import { moment, size } from '../amounts'
import { reasonFor, words } from '../words'

/** The list of backups, and a button that makes one. */
export function Backups() {
  const say = words()
  const answer = useAnswer('backups', adminApi.backups)
  const [busy, setBusy] = useState(false)
  async function backUp() {
    setBusy(true)
    try {
      announce(say.backedUp((await adminApi.backUp()).name))
    } catch (error) {
      complain(reasonFor(error))
    }
    setBusy(false)
    answer.again()
  }
  const button = (
    <Button icon="archive" class="primary" disabled={busy} onClick={backUp}>
      {busy ? say.backingUp : say.backUpNow}
    </Button>
  )
  return (
    <Answered answer={answer}>
      {({ folder, backups }) => {
        if (folder === null)
          return <Face icon="archive" title={say.inMemory} hint={say.inMemoryHint} />
        if (backups.length === 0)
          return (
            <Face icon="archive" title={say.noBackups} hint={say.noBackupsHint}>
              {button}
            </Face>
          )
        return (
          <>
            <div class="tools">
              <p class="count">{say.lastBackup(moment(backups[0]?.created_at ?? 0))}</p>
              {button}
            </div>
            <ul class="rows" aria-label={say.backups}>
              {backups.map(({ name, bytes, created_at }) => (
                <li key={name} class="row">
                  <Icon name="archive" />
                  <span class="row-words">
                    <span class="row-title">{moment(created_at)}</span>
                    <span class="row-hint">{name}</span>
                  </span>
                  <span class="length">{size(bytes)}</span>
                </li>
              ))}
            </ul>
            <p class="note">{say.backupsIn(folder)}</p>
            <pre class="command">{`sudo musakone restore ${folder}/${backups[0]?.name}`}</pre>
          </>
        )
      }}
    </Answered>
  )
}
