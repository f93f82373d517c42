import type { ReactNode } from 'react'
import { Link } from 'react-router'

type Tag =
  | 'h2'
  | 'h3'
  | 'p'
  | 'blockquote'
  | 'ul'
  | 'ol'
  | 'li'
  | 'table'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'th'
  | 'td'
  | 'pre'
  | 'code'
  | 'strong'
  | 'em'
  | 'br'
  | 'a'

/** A text of the guide as plain data: it becomes elements, never HTML. */
export type GuideNode = string | { tag: Tag; id?: string; href?: string; children: GuideNode[] }

export function GuideText({ nodes }: { nodes: readonly GuideNode[] }) {
  return <div className="guide">{nodes.map(elementOf)}</div>
}

function elementOf(node: GuideNode, key: number): ReactNode {
  if (typeof node === 'string') return node
  const { tag: Element, id, href, children } = node
  const inner = children.map(elementOf)
  if (Element === 'br') return <br key={key} />
  if (Element !== 'a') {
    return (
      <Element key={key} id={id} scope={Element === 'th' ? 'col' : undefined}>
        {inner}
      </Element>
    )
  }
  return href?.startsWith('/') ? (
    <Link key={key} to={href}>
      {inner}
    </Link>
  ) : (
    <a key={key} href={href}>
      {inner}
    </a>
  )
}
