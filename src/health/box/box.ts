import type { Accounts } from '../../accounts/accounts'
import type { Mopidy } from '../../mopidy/mopidy'
import { checkDoors } from '../findings/doors'
import { type Finding, ok } from '../findings/finding'
import { checkMopidy } from '../findings/mopidy-check'
import type { Box } from './model'

export type BoxCheck = ReturnType<typeof createBox>
type BoxOptions = {
  accounts: Pick<Accounts, 'administration' | 'invites'>
  mopidy: Mopidy
  mopidyUrl: string
  /** The folder to read processes and sockets from; `/proc` by default. */
  proc?: string
}

/** The findings of `musakone doctor` about Mopidy and open ports, for an admin's page. */
export function createBox({ accounts, mopidy, mopidyUrl, proc }: BoxOptions) {
  let asking: Promise<Finding> | undefined

  /** Whether Mopidy answers; while the gateway is offline, one attempt to connect serves all requests. */
  async function lookForMopidy(): Promise<Finding> {
    const { online, version } = mopidy.status()
    if (online) return ok('mopidy', `Mopidy ${version ?? ''}`.trim().concat(' answers.'))
    asking ??= checkMopidy(mopidyUrl).finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    /** The findings; `port` is the one that this service listens on itself. */
    async check(port: number): Promise<Box> {
      const doors = checkDoors({ mopidyUrl, port, conf: undefined, ...(proc && { proc }) })
      const isAlone =
        accounts.administration.list().length === 1 &&
        accounts.invites.list({ ended: true }).length === 0
      return { first_start: isAlone, findings: [await lookForMopidy(), ...doors] }
    },
  }
}
