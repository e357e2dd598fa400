import type { Role } from '../../../src/accounts/roles/role'
import { connectOwn } from '../../support/own-socket'
import { TEST_PASSWORD } from '../../support/test-musakone'
import { type PageStage, setPageStage } from './stage'

/** Who queued what, in the order in which it plays. */
const QUEUED: readonly [person: string, song: string][] = [
  ['Jonas', 'slow-espresso:02'],
  ['Aino', 'apres-the-rain:04'],
  ['Noor', 'six-cafes-pour-quatuor:02'],
  ['Jonas', 'songs-to-orbit-by:01'],
  ['Mika', 'la-hora-azul:03'],
  ['Aino', 'valoisa:01'],
  ['Noor', 'handshake-protocol:02'],
  ['Jonas', 'parade-permit-denied:01'],
  ['Mika', 'good-enough:03'],
  ['Aino', 'letters-to-a-lighthouse:02'],
  ['Noor', 'trappuppgang-c:01'],
  ['Mika', 'harbour-lights-in-four-parts:02'],
]
const ROLES: Readonly<Record<string, Role>> = { Mika: 'member', Noor: 'guest' }

export type Scene = Awaited<ReturnType<typeof setScene>>

/** A room on a Friday evening: four people, a queue, and music that has played for a while. */
export async function setScene() {
  const stage: PageStage = await setPageStage()
  const { musakone } = stage
  const tokens = new Map<string, string>()
  for (const person of ['Jonas', 'Aino', 'Noor', 'Mika']) {
    await musakone.services.accounts.administration.create(
      { by: 'the scene' },
      { username: person, role: ROLES[person] ?? 'member', password: TEST_PASSWORD },
    )
    tokens.set(person, await musakone.logIn(person))
  }
  const tokenOf = (person: string) => tokens.get(person) ?? ''
  for (const [person, song] of QUEUED) {
    const socket = await connectOwn(musakone.socketUrl)
    await socket.signIn(tokenOf(person))
    await socket.call('core.tracklist.add', { uris: [`demo:track:${song}`] })
    socket.close()
  }
  await stage.call('playback.play')
  await stage.call('mixer.set_volume', { volume: 62 })
  await stage.call('playback.next')
  await stage.call('playback.seek', { time_position: 84_000 })
  await stage.invite({ name: 'Wall screen', role: 'guest' })
  return { stage, tokenOf }
}
