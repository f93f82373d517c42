import type { LucideIcon } from 'lucide-react'

/** A Lucide icon beside a word: 16 px, stroke 1.9, the colour of the text. Hidden from assistive technology; the word speaks. */
export function Icon({ of: Drawing, size = 16, mirrors = false }: { of: LucideIcon; size?: number; mirrors?: boolean }) {
  return (
    <Drawing
      className={mirrors ? 'icon mirrors' : 'icon'}
      width={size}
      height={size}
      strokeWidth={1.9}
      aria-hidden="true"
      focusable="false"
    />
  )
}
