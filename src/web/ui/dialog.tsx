import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useNavigate } from 'react-router'

interface DialogProps {
  /** The outcome: "Lock 4,812 of 4,849 orders". Takes the focus. */
  title: ReactNode
  /** "Counted just now. Nothing has changed yet." */
  lead?: ReactNode
  /** Where closing leads: the page below. Esc goes there too. */
  close_to: string
  /** Small words at the start of the foot: "Checked again when you press." */
  foot_note?: ReactNode
  /** The way out named by its effect, then the act with its count. */
  actions: ReactNode
  children: ReactNode
}

/**
 * A dialog that is a page: it has its own address, so without script it is shown over the page below and its way out is a
 * link. With script it becomes modal: the ground is inert, Esc leads to `close_to`.
 */
export function Dialog({ title, lead, close_to, foot_note, actions, children }: DialogProps) {
  const heading = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const focus = useRef<HTMLHeadingElement>(null)
  const navigate = useNavigate()

  useEffect(() => {
    const element = dialog.current
    if (!element) return
    // the server sent it open, which is not modal
    element.close()
    element.showModal()
    focus.current?.focus()
    return () => element.close()
  }, [])

  return (
    <dialog
      open
      className="dialog"
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        void navigate(close_to, { preventScrollReset: true })
      }}
    >
      <div className="dialog-panel">
        <div className="dialog-head">
          <h2 id={heading} tabIndex={-1} ref={focus}>
            {title}
          </h2>
          {lead && <p>{lead}</p>}
        </div>
        <div className="dialog-body">{children}</div>
        <div className="dialog-foot">
          {foot_note && <span className="quiet">{foot_note}</span>}
          {actions}
        </div>
      </div>
    </dialog>
  )
}
