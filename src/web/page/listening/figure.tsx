import './figure.css'

type FigureOptions = {
  /** A tile has a card of its own, a fact is one of several on a card. */
  as: 'tile' | 'fact'
  name: string
  value: string
  hint: string
}

/** An entry of a `dl`: what is counted, how much it is, and a hint. */
export function Figure({ as, name, value, hint }: FigureOptions) {
  return (
    <div class={as}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span>{hint}</span>
      </dd>
    </div>
  )
}
