import type { Accounts } from '../../accounts/accounts'
import type { Mopidy } from '../../mopidy/mopidy'
import { checkDoors } from '../findings/doors'
import { type Finding, ok } from '../findings/finding'
import { checkMopidy } from '../findings/mopidy-check'
import type { Box } from './model'

export type BoxCheck = ReturnType<typeof createBox>
export type BoxOptions = {
  accounts: Pick<Accounts, 'administration' | 'invites'>
  mopidy: Mopidy
  mopidyUrl: string
  /** Where processes and their sockets are looked up. */
  proc?: string
}

/** What an owner has to know of the box besides whether it serves: what `musakone doctor` says of it. */
export function createBox({ accounts, mopidy, mopidyUrl, proc }: BoxOptions) {
  let asking: Promise<Finding> | undefined

  /** The connection that there is says most; without one, why there is none, once for all who ask. */
  async function lookForMopidy(): Promise<Finding> {
    const { online, version } = mopidy.status()
    if (online) return ok('mopidy', `Mopidy ${version ?? ''}`.trim().concat(' answers.'))
    asking ??= checkMopidy(mopidyUrl).finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    /** `port` is the one that this service listens on. */
    async check(port: number): Promise<Box> {
      const doors = checkDoors({ mopidyUrl, port, conf: undefined, ...(proc && { proc }) })
      const isAlone =
        accounts.administration.list().length === 1 &&
        accounts.invites.list({ ended: true }).length === 0
      return { first_start: isAlone, findings: [await lookForMopidy(), ...doors] }
    },
  }
}
