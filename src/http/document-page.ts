import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { ApiDocument, ApiOperation } from './description.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** The API's description for people: plain HTML without styles or scripts. Problems link to their code here. */
export function documentPage(document: ApiDocument, codes: Readonly<Record<string, string>>): Html {
  const groups = groupByTag(document)
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${document.info.title}</title></head>
<body>
<main>
<h1>${document.info.title}</h1>
${(document.info.description ?? '').split('\n\n').map((text) => html`<p>${marked(text)}</p>`)}
<p>The whole description for programs: <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
${[...groups].map(([tag, operations]) => groupOf(tag, operations))}
<h2>Codes</h2>
<p>Of refusals, and of those who were left out. New ones may come.</p>
<dl>
${Object.entries(codes)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, meaning]) => html`<dt id="${code}"><code>${code}</code></dt><dd>${meaning}</dd>\n`)}
</dl>
</main>
</body>
</html>
`
}

type Listed = ApiOperation & { method: string; path: string }

function groupByTag(document: ApiDocument): Map<string, Listed[]> {
  const groups = new Map<string, Listed[]>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0] ?? 'More'
      groups.set(tag, [...(groups.get(tag) ?? []), { ...operation, method, path }])
    }
  }
  return groups
}

function groupOf(tag: string, operations: Listed[]): Html {
  return html`<h2>${tag}</h2>
<dl>
${operations.map(
  ({ method, path, operationId, summary }) =>
    html`<dt id="${operationId}"><code>${method.toUpperCase()} ${broken(`/api/v1${path}`)}</code></dt><dd>${summary}.</dd>\n`,
)}
</dl>
`
}

/** A path that a narrow screen may break after each of its parts. */
function broken(path: string): HtmlEscapedString[] {
  return path.split(/(?<=.\/)/).flatMap((part) => [raw('<wbr>'), raw(part)])
}

/** The two marks that the description uses: bold and code. */
function marked(text: string): Html {
  const escaped = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return raw(escaped.replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>').replace(/`([^`]+)`/g, '<code>$1</code>'))
}
