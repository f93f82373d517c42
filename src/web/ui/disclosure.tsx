import { ChevronDown, ChevronUp } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Icon } from './icon.tsx'

interface MenuProps {
  label: ReactNode
  /** Opens upwards: in the selection bar. */
  up?: boolean
  /** Links and buttons. */
  children: ReactNode
}

/** "More": a list of links and buttons that opens without script; with it, Esc and a click elsewhere close it. */
export function Menu({ label, up, children }: MenuProps) {
  const ref = useClosing()
  return (
    <details className="disclosure" data-up={up ? '' : undefined} ref={ref}>
      <summary className="button">
        {label}
        <Icon of={up ? ChevronUp : ChevronDown} />
      </summary>
      <div className="menu">{children}</div>
    </details>
  )
}

/** Closes an open <details> on Esc (focus goes back to its summary), on a click elsewhere, and after a choice in it. */
export function useClosing() {
  const ref = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const details = ref.current
      if (event.key !== 'Escape' || !details?.open) return
      event.stopPropagation()
      details.open = false
      details.querySelector('summary')?.focus()
    }
    const onClick = (event: MouseEvent) => {
      const details = ref.current
      if (!details?.open || !(event.target instanceof Element)) return
      const chosen = details.contains(event.target) && event.target.closest('a, button')
      if (chosen || !details.contains(event.target)) details.open = false
    }
    document.addEventListener('keydown', onKey, true)
    document.addEventListener('click', onClick)
    return () => {
      document.removeEventListener('keydown', onKey, true)
      document.removeEventListener('click', onClick)
    }
  }, [])
  return ref
}
