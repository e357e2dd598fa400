import { follow } from '../router'

type TabsOptions = {
  label: string
  tabs: readonly (readonly [to: string, name: string, isOpen: boolean])[]
}

/** Links to the parts of a screen, of which one is open. */
export function Tabs({ label, tabs }: TabsOptions) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([to, name, isOpen]) => (
        <a key={to} href={to} onClick={follow} aria-current={isOpen ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}

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
