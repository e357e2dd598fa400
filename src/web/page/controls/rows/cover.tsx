import { useState } from 'preact/hooks'
import { coverOf } from '../../library/covers'
import { Icon, type IconName } from '../icon'

/** The cover of a track or album, or a drawn record. It has no text alternative: the name stands beside it. */
export function Cover({ uri, name, class: className = '' }: CoverOptions) {
  const source = coverOf(uri).value
  const [broken, setBroken] = useState<string | null>(null)
  if (source !== null && source !== broken)
    return (
      <img
        // The key makes a new element for a new picture: the old element would show the old picture
        // until the new one has loaded.
        key={source}
        class={`cover ${className}`}
        src={source}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setBroken(source)}
      />
    )
  return (
    <span
      class={`cover drawn ${className}`}
      style={{ '--hue': Math.round(hueOf(name)) }}
      aria-hidden="true"
    />
  )
}

/** An icon in the place of a cover; a portrait is round. */
export function IconCover({ icon, as = 'symbol' }: { icon: IconName; as?: 'symbol' | 'portrait' }) {
  return (
    <span class={`cover ${as}`}>
      <Icon name={icon} />
    </span>
  )
}

type CoverOptions = { uri: string; name: string; class?: string }

/** A hue in degrees, derived from the text. */
export function hueOf(text: string): number {
  let hash = 7
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3_600
  return hash / 10
}
