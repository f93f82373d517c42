/**
 * The address of the page that a request is about. Where the browser already runs our script it asks for a page's data alone, under the
 * page's address with `.data` behind it; a loader that looks at the address must not see that.
 */
export function pageUrl(request: Request): URL {
  const url = new URL(request.url)
  url.pathname = url.pathname.replace(/\.data$/, '').replace(/^\/_root$/, '/')
  url.searchParams.delete('_routes')
  return url
}
