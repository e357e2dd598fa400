/** Answers `/mopidy/rpc`: POST, HEAD and OPTIONS; `onPost` returns null where Mopidy fails. */
export async function answerRpc(
  request: Request,
  { version, onPost }: { version: string; onPost(text: string): string | null },
): Promise<Response> {
  const headers = {
    'Content-Type': 'application/json; utf-8',
    'Cache-Control': 'no-cache',
    'X-Mopidy-Version': version,
    Accept: 'application/json',
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  if (request.method === 'OPTIONS') return answerPreflight(request)
  if (request.method !== 'POST') return page(405)

  const type = request.headers.get('content-type')?.split(';')[0]?.trim()
  if (type !== 'application/json') {
    return new Response(null, { status: 415, statusText: 'Content-Type must be application/json' })
  }
  const text = await request.text()
  if (text === '') return new Response(null)
  // Mopidy sends its error page with the status 200.
  const reply = onPost(text) ?? errorPage('500: OK')
  return new Response(reply, { headers: { ...headers, ...corsHeaders(request) } })
}

/** Whether the request comes from a page of another host; programs send no origin. */
export function foreign(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin === null) return false
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(origin)?.[1]?.toLowerCase() ?? ''
  // Apps send `null` or `file://`, which Mopidy accepts.
  return host !== '' && host !== request.headers.get('host')
}

/** A page with the headers of Mopidy's web server; without a body, Tornado's page for the status. */
export function page(
  status: number,
  body?: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body ?? errorPage(`${status}: ${REASONS[status] ?? ''}`), {
    status,
    headers: { 'Content-Type': 'text/html; charset=UTF-8', ...headers },
  })
}

const REASONS: Record<number, string> = { 404: 'Not Found', 405: 'Method Not Allowed' }

function errorPage(title: string): string {
  return `<html><title>${title}</title><body>${title}</body></html>`
}

function answerPreflight(request: Request): Response {
  const origin = request.headers.get('origin')
  if (origin === null || foreign(request)) {
    const statusText = `Access denied for origin ${origin ?? 'None'}`
    return new Response(null, { status: 403, statusText })
  }
  return new Response(null, { status: 204, headers: corsHeaders(request) })
}

function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get('origin')
  if (origin === null) return {}
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Headers': 'Content-Type' }
}
