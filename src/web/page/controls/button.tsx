import type { ComponentChildren, ComponentProps } from 'preact'
import { Icon, type IconName } from './icon'

type ButtonOptions = Omit<ComponentProps<'button'>, 'icon' | 'children' | 'class'> & {
  class?: string | undefined
}

/** A round button with an icon; the label is for screen readers and tooltips. */
export function IconButton({
  icon,
  label,
  class: className = '',
  ...rest
}: ButtonOptions & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  )
}

/** A button with words and perhaps an icon. */
export function Button({
  icon,
  children,
  class: className = '',
  ...rest
}: ButtonOptions & { icon?: IconName; children: ComponentChildren }) {
  return (
    <button type="button" class={`button ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  )
}
