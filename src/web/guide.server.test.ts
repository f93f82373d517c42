import { describe, expect, it } from 'vitest'
import type { GuideNode } from './components/guide-text.tsx'
import { findGuidePage, listGuidePages } from './guide.server.ts'
import { GUIDE_ACTS } from './guide-acts.ts'

type Element = Exclude<GuideNode, string>

function elementsOf(nodes: GuideNode[]): Element[] {
  return nodes.flatMap((node) => (typeof node === 'string' ? [] : [node, ...elementsOf(node.children)]))
}

function textOf(nodes: GuideNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('')
}

const pages = [null, ...GUIDE_ACTS].map((act) => ({ act, page: findGuidePage(act) }))

describe('the guide', () => {
  it('has a page for every act, and none for anything else', () => {
    for (const { act, page } of pages) expect(page?.title, String(act)).toMatch(/^[A-Z]/)
    expect(findGuidePage('run-it')).toBeNull()
    expect(findGuidePage('../secret')).toBeNull()
    expect(listGuidePages().map(({ to }) => to)).toEqual(['/guide', ...GUIDE_ACTS.map((act) => `/guide/${act}`)])
  })

  it('leaves pictures to whoever reads the files, without a gap in their place', () => {
    const files = import.meta.glob<string>('../../docs/guides/*.md', { query: '?raw', import: 'default', eager: true })
    expect(Object.values(files).some((text) => /^!\[/m.test(text))).toBe(true)
    for (const { act, page } of pages) {
      const empty = elementsOf(page?.nodes ?? []).filter(({ tag, children }) => tag === 'p' && children.length === 0)
      expect(empty, String(act)).toEqual([])
    }
  })

  it('links only to pages and headings that are there', () => {
    const headings = new Map(
      pages.map(({ act, page }) => [
        act ? `/guide/${act}` : '/guide',
        new Set(elementsOf(page?.nodes ?? []).flatMap(({ id }) => id ?? [])),
      ]),
    )
    for (const { act, page } of pages) {
      for (const { tag, href } of elementsOf(page?.nodes ?? [])) {
        if (tag !== 'a' || !href?.startsWith('/')) continue
        const [path = '', anchor] = href.split('#')
        expect(headings.has(path), `${act}: ${href}`).toBe(true)
        if (anchor) expect(headings.get(path)?.has(anchor), `${act}: ${href}`).toBe(true)
      }
    }
  })

  it('is text: no Markdown, HTML or character reference is left over', () => {
    for (const { act, page } of pages) {
      const text = textOf(page?.nodes ?? [])
      expect(text.length, String(act)).toBeGreaterThan(500)
      expect(text, String(act)).not.toMatch(/&(?:#\d+|\w+);|<\/?[a-z]|\]\(|\*\*|\.md\b/)
    }
  })

  it('has headings that can be told apart', () => {
    for (const { act, page } of pages) {
      const ids = elementsOf(page?.nodes ?? []).flatMap(({ id }) => id ?? [])
      expect(new Set(ids).size, String(act)).toBe(ids.length)
    }
  })
})
