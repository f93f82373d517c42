import { useEffect, useRef } from 'react'
import { useNavigation } from 'react-router'

/**
 * A second press does nothing while the first is on its way. Without it the second post would follow the first, find nothing left to do,
 * and its answer ("no order qualified") would cover the first one's.
 */
export function useOneSubmit(): void {
  const { state, formMethod } = useNavigation()
  const isPosting = useRef(false)
  const isUnderWay = state !== 'idle' && formMethod !== undefined && formMethod !== 'GET'
  useEffect(() => {
    isPosting.current = isUnderWay
  }, [isUnderWay])
  useEffect(() => {
    const onSubmit = (event: SubmitEvent) => {
      const form = event.target
      if (!(form instanceof HTMLFormElement) || form.method !== 'post') return
      if (isPosting.current) {
        event.preventDefault()
        event.stopPropagation()
        return
      }
      // Taken by React Router, which says so a moment later; what it leaves to the browser (a download) may be asked for again.
      setTimeout(() => {
        if (event.defaultPrevented) isPosting.current = true
      })
    }
    document.addEventListener('submit', onSubmit, true)
    return () => document.removeEventListener('submit', onSubmit, true)
  }, [])
}
