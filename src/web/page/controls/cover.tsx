import { useState } from 'preact/hooks'
import { coverOf } from '../covers'

/** The cover of a track or album; drawn where there is none. It says nothing that words beside it do not. */
export function Cover({ uri, name, class: className = '' }: CoverOptions) {
  const source = coverOf(uri).value
  const [broken, setBroken] = useState<string | null>(null)
  if (source !== null && source !== broken)
    return (
      <img
        class={`cover ${className}`}
        src={source}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        onError={() => setBroken(source)}
      />
    )
  const hue = hueOf(name)
  return (
    <svg class={`cover drawn ${className}`} viewBox="0 0 100 100" aria-hidden="true">
      <rect width="100" height="100" fill={`hsl(${hue} 34% 38%)`} />
      <circle cx="50" cy="50" r="36" fill={`hsl(${hue} 30% 24%)`} />
      <circle cx="50" cy="50" r="27" fill="none" stroke="#fff" stroke-opacity=".12" />
      <circle cx="50" cy="50" r="20" fill="none" stroke="#fff" stroke-opacity=".12" />
      <circle cx="50" cy="50" r="12" fill={`hsl(${hue} 55% 62%)`} />
      <circle cx="50" cy="50" r="2.4" fill={`hsl(${hue} 30% 24%)`} />
    </svg>
  )
}

export type CoverOptions = { uri: string; name: string; class?: string }

/** A hue in degrees, the same for the same text. */
export function hueOf(text: string): number {
  let hash = 7
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3_600
  return hash / 10
}
