import { me } from '../../connection/session'
import { sentences } from '../../language/language'
import { hueOf } from './cover'

/** A person by the first letter of the name, and the name or "you". */
export function Person({ person, as = 'you' }: PersonOptions) {
  if (person === null) return <span class="person outside">{sentences().fromOutside}</span>
  const isMe = person.id === me.value?.id
  const name = isMe && as !== 'name' ? sentences()[as] : person.username
  return (
    <span class="person">
      <Initial name={person.username} />
      <span class="person-name">{name}</span>
    </span>
  )
}

type PersonOptions = {
  person: { id: number; username: string } | null
  /** What stands in place of the viewer's own name. */
  as?: 'you' | 'byYou' | 'name'
}

export function Initial({ name }: { name: string }) {
  return (
    <span class="initial" aria-hidden="true" style={{ '--hue': hueOf(name) }}>
      {[...name][0]?.toUpperCase()}
    </span>
  )
}
