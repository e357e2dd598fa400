import { useState } from 'preact/hooks'
import { adminAddress } from '../../address/links'
import { go } from '../../address/router'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Face } from '../../controls/face'
import { Question } from '../../controls/sheet'
import { say as announce, complain } from '../../shell/toasts'
import { adminApi, type Invite } from '../admin-api'
import { useRefresh } from '../refreshed'
import { reasonFor, words } from '../words'
import { copyText } from './clipboard'
import { detailsOf } from './invites'
import './one-invite.css'

/** An invite to show, to print, to hand on and to end. */
export function OneInvite({ id }: { id: number }) {
  const say = words()
  const answer = useAnswer(`invite ${id}`, () => adminApi.invite(id))
  useRefresh(answer.again)
  return (
    <Answered answer={answer}>
      {(invite) =>
        invite.url === undefined ? (
          <Face icon="ticket" title={say.inviteOver} hint={detailsOf(invite)}>
            <Button onClick={() => go(adminAddress('invites'))}>{say.invites}</Button>
          </Face>
        ) : (
          <Poster invite={invite} url={invite.url} onEnd={answer.again} />
        )
      }
    </Answered>
  )
}

type PosterOptions = { invite: Invite; url: string; onEnd(): void }

/** The invite with its code; printed, only the poster is left. */
function Poster({ invite, url, onEnd }: PosterOptions) {
  const say = words()
  const [asking, setAsking] = useState(false)
  async function end() {
    try {
      await adminApi.endInvite(invite.id)
      announce(say.inviteEnded)
    } catch (error) {
      complain(reasonFor(error))
    }
    onEnd()
  }
  return (
    <div class="invite">
      <figure class="poster">
        <figcaption>
          <h2>{invite.name || 'Musakone'}</h2>
          <p>{say.scanMe}</p>
        </figcaption>
        <img src={`/api/invites/${invite.id}/qr.svg`} alt={say.scanMe} width="320" height="320" />
        <p class="poster-link">
          {say.orOpen} <b>{url.replace(/^https?:\/\//, '')}</b>
        </p>
      </figure>
      <div class="invite-side">
        <p class="note">{detailsOf(invite)}</p>
        {isForThisMachineOnly(url) && <p class="warning">{say.onlyHere}</p>}
        <div class="profile-buttons">
          <Button icon="print" class="primary" onClick={() => window.print()}>
            {say.print}
          </Button>
          <Button
            icon="link"
            onClick={() => copyText(url).then(() => announce(say.linkCopied), complain)}
          >
            {say.copyLink}
          </Button>
          <Button icon="close" class="problem" onClick={() => setAsking(true)}>
            {say.endInvite}
          </Button>
        </div>
      </div>
      {asking && (
        <Question
          title={say.endInviteQuestion}
          hint={say.endInviteHint}
          icon="close"
          label={say.endInvite}
          onYes={end}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

/** Whether the link is a loopback address: a phone that scans it would look for Musakone on itself. */
function isForThisMachineOnly(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
