import { useState } from 'preact/hooks'

type SliderOptions = {
  label: string
  value: number
  max: number
  /** The largest that may be chosen. */
  most?: number
  step: number
  say(value: number): string
  /** While it is dragged. */
  onSlide?(value: number): void
  /** Where it was left. */
  onChoose(value: number): void
}

/** A native slider, which the keyboard and screen readers know; what is dragged is not pulled back. */
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
