import { useState } from 'preact/hooks'

type SliderOptions = {
  label: string
  value: number
  max: number
  /** The largest value that this person may choose. */
  most?: number
  step: number
  say(value: number): string
  /** Called while the handle is dragged. */
  onSlide?(value: number): void
  /** Called with the value at which the handle was released. */
  onChoose(value: number): void
}

/**
 * A native slider, for keyboards and screen readers. While it is dragged, a new `value` does not
 * move the handle.
 */
export function Slider({
  label,
  value,
  max,
  most = max,
  step,
  say,
  onSlide,
  onChoose,
}: SliderOptions) {
  const [held, setHeld] = useState<number | null>(null)
  const shown = Math.min(held ?? value, max)
  const read = (event: Event) =>
    Math.min(Number((event.currentTarget as HTMLInputElement).value), most)
  return (
    <input
      class="slider"
      type="range"
      min={0}
      max={max}
      step={step}
      value={shown}
      aria-label={label}
      aria-valuetext={say(shown)}
      style={{ '--part': max > 0 ? shown / max : 0 }}
      onInput={(event) => {
        const chosen = read(event)
        setHeld(chosen)
        onSlide?.(chosen)
      }}
      onChange={(event) => {
        onChoose(read(event))
        setHeld(null)
      }}
      onBlur={() => setHeld(null)}
    />
  )
}
