import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'
import { useHydrated } from './reader.tsx'

interface CopyProps {
  /** What is copied, and shown. */
  text: string
  /** "Copy the link" */
  label: string
}

/** A text one can take with one press. Without script the whole text is selected by one click on it. */
export function CopyText({ text, label }: CopyProps) {
  const hydrated = useHydrated()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 3000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <span className="copy">
      <code>
        <bdi>{text}</bdi>
      </code>
      {hydrated && (
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon of={copied ? Check : Copy} />
          {copied ? 'Copied' : label}
        </button>
      )}
      <span className="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </span>
  )
}
