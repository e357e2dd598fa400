import type { SecurityEvent } from '../log/security-log'
import type { Identity } from '../sessions/sessions'

/** The one who changes accounts: a user who is signed in, or the machine's owner at the command line. */
export type Actor =
  | Readonly<{ identity: Identity; ip: string | null }>
  | Readonly<{ identity?: never; ip?: never; by: string }>

type ActorsEvent = Omit<SecurityEvent, 'userId' | 'ip'>

/** Notes an event that an actor has caused. */
export type Note = (event: ActorsEvent) => void

/** The event, with the actor as the one who has caused it. */
export function byActor(actor: Actor, event: ActorsEvent): SecurityEvent {
  if (actor.identity === undefined) return { ...event, details: { ...event.details, by: actor.by } }
  const { userId } = actor.identity
  const subjectId = event.subjectId === userId ? null : (event.subjectId ?? null)
  return { ...event, userId, subjectId, ip: actor.ip }
}
