import { useState } from 'preact/hooks'
import { coverOf } from '../../library/covers'

/** The cover of a track or album; drawn where there is none. It says nothing that words beside it do not. */
export function Cover({ uri, name, class: className = '' }: CoverOptions) {
  const source = coverOf(uri).value
  const [broken, setBroken] = useState<string | null>(null)
  if (source !== null && source !== broken)
    return (
      <img
        // Another picture is another element: until it is there, the old one would be shown.
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

export type CoverOptions = { uri: string; name: string; class?: string }

/** A hue in degrees, the same for the same text. */
export function hueOf(text: string): number {
  let hash = 7
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3_600
  return hash / 10
}
