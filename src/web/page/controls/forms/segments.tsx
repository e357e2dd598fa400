import './segments.css'

type SegmentsOptions<Name extends string> = {
  label: string
  names: readonly (readonly [name: Name, text: string])[]
  chosen: Name
  onChoose(name: Name): void
}

/** A choice of one of a few, shown side by side. */
export function Segments<Name extends string>({
  label,
  names,
  chosen,
  onChoose,
}: SegmentsOptions<Name>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {names.map(([name, text]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === chosen}
          onClick={() => onChoose(name)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  )
}
