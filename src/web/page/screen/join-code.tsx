import { useEffect, useState } from 'preact/hooks'
import type { Invite } from '../../../accounts/invites/model'
import { api } from '../connection/api'
import { may } from '../connection/session'
import { Button } from '../controls/button'
import { sentences } from '../language/language'
import { complain } from '../shell/toasts'

const LOOK_AGAIN_MS = 60_000

/** The QR code of a guests' invite, for viewers who may invite people. */
export function JoinCode() {
  const [invite, setInvite] = useState<Invite | null | undefined>(undefined)
  const mayInvite = may('invites')
  const words = sentences()
  useEffect(() => {
    if (!mayInvite) return
    const look = () =>
      api.invites().then(
        ({ invites }) => setInvite(best(invites)),
        () => {},
      )
    look()
    const timer = setInterval(look, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [mayInvite])
  if (!mayInvite || invite === undefined) return null
  if (invite === null)
    return (
      <Button
        class="primary"
        onClick={() =>
          api.invite({ role: 'guest', name: words.inviteName }).then(setInvite, complain)
        }
      >
        {words.joinInvite}
      </Button>
    )
  return (
    <figure class="join-code">
      <img src={`/api/invites/${invite.id}/qr.svg`} alt={words.scanToJoin} />
      <figcaption>
        {words.scanToJoin}
        <small>{invite.url?.replace(/^https?:\/\/|\/join.*$/g, '')}</small>
      </figcaption>
    </figure>
  )
}

/** The guests' invite that lets people in the longest. */
function best(invites: readonly Invite[]): Invite | null {
  const usable = invites.filter(({ role, url }) => role === 'guest' && url !== undefined)
  return usable.toSorted((a, b) => b.expires_at - a.expires_at)[0] ?? null
}
