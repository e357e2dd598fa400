import './segments.css'

type ChoiceOptions<Name extends string> = {
  label: string
  names: readonly (readonly [name: Name, text: string])[]
  chosen: Name
  onChoose(name: Name): void
}

/** One of a few, side by side. */
export function Segments<Name extends string>({
  label,
  names,
  chosen,
  onChoose,
}: ChoiceOptions<Name>) {
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
