import type { LucideIcon } from 'lucide-react'
import { type ButtonHTMLAttributes, type MouseEvent, type ReactNode, useId } from 'react'
import { Link } from 'react-router'
import { Icon } from './icon.tsx'

export type ButtonVariant = 'primary' | 'outlined' | 'text' | 'danger'

interface Look {
  variant?: ButtonVariant
  icon?: LucideIcon
  /** Full width, for forms on a phone. */
  wide?: boolean
  /** Why it cannot be pressed now, as a sentence. The button stays focusable and the sentence stands beside it. */
  disabled_reason?: string | null
  /** `description`: the sentence is only its title and description, where space is short (page head, selection bar). */
  reason_as?: 'beside' | 'description'
  children: ReactNode
}

type ButtonProps = Look & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'children'>

/** A button that acts in a form. Words are verb + object + count; "…" means that a preview or question follows. */
export function Button({ variant = 'outlined', icon, wide, disabled_reason, reason_as, children, ...rest }: ButtonProps) {
  const id = useId()
  const disabled = Boolean(disabled_reason)
  const button = (
    <button
      type="submit"
      {...rest}
      {...(disabled ? refused(id, disabled_reason, reason_as) : {})}
      className={`button${rest.className ? ` ${rest.className}` : ''}`}
      data-variant={variant}
      data-wide={wide ? '' : undefined}
    >
      {icon && <Icon of={icon} />}
      {children}
    </button>
  )
  return disabled ? withReason(button, id, disabled_reason, reason_as) : button
}

interface LinkProps extends Look {
  to: string
  /** A full page load: to files, and from the desk to a backer's page. */
  reload?: boolean
  className?: string
  title?: string
  name?: string
  download?: boolean
  new_tab?: boolean
}

/** A link that looks like a button: for what leads to a preview or another page and changes nothing by itself. */
export function ButtonLink(props: LinkProps) {
  const { to, reload, variant = 'outlined', icon, wide, disabled_reason, reason_as, children, className, title } = props
  const id = useId()
  const look = {
    className: `button${className ? ` ${className}` : ''}`,
    'data-variant': variant,
    'data-wide': wide ? '' : undefined,
  }
  const words = (
    <>
      {icon && <Icon of={icon} />}
      {children}
    </>
  )
  if (disabled_reason) {
    const { onClick: _, type: __, ...described } = refused(id, disabled_reason, reason_as)
    return withReason(
      // biome-ignore lint/a11y/useSemanticElements: a link that leads nowhere yet has no href
      <span role="link" tabIndex={0} {...look} {...described}>
        {words}
      </span>,
      id,
      disabled_reason,
      reason_as,
    )
  }
  return (
    <Link
      to={to}
      reloadDocument={reload || props.download}
      {...look}
      title={title}
      {...(props.new_tab ? { target: '_blank', rel: 'noreferrer' } : {})}
    >
      {words}
    </Link>
  )
}

function refused(id: string, reason: string | null | undefined, place: Look['reason_as']) {
  return {
    'aria-disabled': true as const,
    'aria-describedby': id,
    type: 'button' as const,
    title: place === 'description' ? (reason ?? undefined) : undefined,
    onClick: (event: MouseEvent) => event.preventDefault(),
  }
}

function withReason(button: ReactNode, id: string, reason: string | null | undefined, place: Look['reason_as'] = 'beside') {
  return (
    <span className="with-reason">
      {button}
      <span id={id} className={place === 'description' ? 'visually-hidden' : 'reason'}>
        {reason}
      </span>
    </span>
  )
}
