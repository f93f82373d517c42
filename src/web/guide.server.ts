import { lexer, type Token, type Tokens } from 'marked'
import type { GuideNode } from './components/guide-text.tsx'
import { GUIDE_ACTS, type GuideAct } from './guide-acts.ts'
import { paths } from './paths.ts'

/** The texts are part of the build, so that the program serves the guide of its own version. */
const FILES = import.meta.glob<string>('../../docs/guides/*.md', { query: '?raw', import: 'default', eager: true })

const FIRST = 'first-campaign'
type GuideName = typeof FIRST | GuideAct

export interface GuidePage {
  title: string
  nodes: GuideNode[]
}

export interface GuideEntry {
  title: string
  to: string
  act: GuideAct | null
}

/** One page of the guide: `null` is the first. Null for what is no page of it. */
export function findGuidePage(act: string | null): GuidePage | null {
  const name = nameOf(act)
  return name ? pageOf(name) : null
}

/** Every page of the guide, in the order of a campaign. */
export function listGuidePages(): GuideEntry[] {
  return [
    { title: pageOf(FIRST).title, to: paths.guide(), act: null },
    ...GUIDE_ACTS.map((act) => ({ title: pageOf(act).title, to: paths.guide(act), act })),
  ]
}

function nameOf(act: string | null): GuideName | null {
  if (act === null) return FIRST
  return GUIDE_ACTS.find((each) => each === act) ?? null
}

const pages = new Map<GuideName, GuidePage>()

function pageOf(name: GuideName): GuidePage {
  const known = pages.get(name)
  if (known) return known
  const text = FILES[`../../docs/guides/${name}.md`]
  if (text === undefined) throw new Error(`The guide has no text for ${name}`)
  const tokens = lexer(text)
  const head = tokens.find((token): token is Tokens.Heading => token.type === 'heading' && token.depth === 1)
  const page = { title: head?.text ?? name, nodes: nodesOf(tokens.filter((token) => token !== head)) }
  pages.set(name, page)
  return page
}

function nodesOf(tokens: readonly Token[] | undefined): GuideNode[] {
  return (tokens ?? []).flatMap(nodeOf)
}

/** Markdown as plain data: what is no text of ours (raw HTML, pictures) is left out. */
function nodeOf(token: Token): GuideNode[] {
  switch (token.type) {
    case 'heading':
      return [{ tag: token.depth === 2 ? 'h2' : 'h3', id: slug(token.text), children: nodesOf(token.tokens) }]
    case 'paragraph':
      return paragraphOf(nodesOf(token.tokens))
    case 'blockquote':
      return [{ tag: 'blockquote', children: nodesOf(token.tokens) }]
    case 'list':
      return [{ tag: token.ordered ? 'ol' : 'ul', children: (token as Tokens.List).items.map(itemOf) }]
    case 'table':
      return [tableOf(token as Tokens.Table)]
    case 'code':
      return [{ tag: 'pre', children: [token.text] }]
    case 'codespan':
      return [{ tag: 'code', children: [token.text] }]
    case 'strong':
      return [{ tag: 'strong', children: nodesOf(token.tokens) }]
    case 'em':
      return [{ tag: 'em', children: nodesOf(token.tokens) }]
    case 'link':
      return [linkOf(token as Tokens.Link)]
    case 'text':
      return token.tokens ? nodesOf(token.tokens) : [typeset(token.text)]
    case 'escape':
      return [token.text]
    case 'br':
      return [{ tag: 'br', children: [] }]
    default:
      return []
  }
}

/** A paragraph of pictures alone has nothing to say here. */
function paragraphOf(children: GuideNode[]): GuideNode[] {
  return children.length > 0 ? [{ tag: 'p', children }] : []
}

function itemOf(item: Tokens.ListItem): GuideNode {
  return { tag: 'li', children: nodesOf(item.tokens) }
}

function tableOf({ header, rows }: Tokens.Table): GuideNode {
  const cells = (row: Tokens.TableCell[], tag: 'th' | 'td') => row.map((cell) => ({ tag, children: nodesOf(cell.tokens) }))
  const body: GuideNode = { tag: 'tbody', children: rows.map((row) => ({ tag: 'tr' as const, children: cells(row, 'td') })) }
  if (header.every((cell) => cell.text === '')) return { tag: 'table', children: [body] }
  return { tag: 'table', children: [{ tag: 'thead', children: [{ tag: 'tr', children: cells(header, 'th') }] }, body] }
}

/** Links between the files lead to the pages; what lies elsewhere in the repository is named without a link. */
function linkOf({ href, tokens }: Tokens.Link): GuideNode {
  const children = nodesOf(tokens)
  const to = addressOf(href)
  return to ? { tag: 'a', href: to, children } : { tag: 'em', children }
}

function addressOf(href: string): string | null {
  if (/^(https?:|#)/.test(href)) return href
  const [file = '', anchor] = href.split('#')
  const name = file.replace(/\.md$/, '')
  if (name !== FIRST && !GUIDE_ACTS.some((act) => act === name)) return null
  const path = name === FIRST ? paths.guide() : paths.guide(name as GuideAct)
  return anchor ? `${path}#${anchor}` : path
}

/** Quotes as they are printed. */
function typeset(text: string): string {
  return text.replace(/(?<=[\p{Letter}\p{Number}])'/gu, '’').replace(/"([^"]*)"/g, '“$1”')
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
