import { useEffect, useRef } from 'preact/hooks'
import { follow } from '../address/router'
import './tabs.css'

type TabsOptions = {
  label: string
  tabs: readonly (readonly [to: string, name: string, isOpen: boolean])[]
}

/** Links to the parts of a screen; the open one is brought to where it can be seen. */
export function Tabs({ label, tabs }: TabsOptions) {
  const nav = useRef<HTMLElement>(null)
  const opened = tabs.find(([, , isOpen]) => isOpen)?.[0]
  useEffect(() => {
    const tab = nav.current?.querySelector('[aria-current]')
    tab?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [opened])
  return (
    <nav class="tabs" aria-label={label} ref={nav}>
      {tabs.map(([to, name, isOpen]) => (
        <a key={to} href={to} onClick={follow} aria-current={isOpen ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}
