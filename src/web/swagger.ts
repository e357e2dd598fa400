import { type AnyElysia, Elysia } from 'elysia'
import style from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import script from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import { PUBLIC } from '../accounts/door/auth'
import { version } from '../version'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Musakone API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/swagger/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script>
<script src="/swagger/start.js"></script>
</body>
</html>
`

// Without a validator: it would send the document's address to a server on the internet.
const start = `window.ui = SwaggerUIBundle({
  url: '/swagger/json',
  dom_id: '#swagger-ui',
  validatorUrl: null,
})
`

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const documentation = {
  info: {
    title: 'Musakone',
    version,
    description:
      'The front door of a shared Mopidy box. Music is controlled over the WebSocket at `/ws`; see the README.',
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
    },
  },
}

const hidden = { detail: { ...PUBLIC, hide: true } }
const HTML = 'text/html; charset=utf-8'
const JAVASCRIPT = 'text/javascript; charset=utf-8'
const DAY = 'public, max-age=86400'

/**
 * The API's documentation at `/swagger`, of the routes that `documented` makes. It works with no
 * internet: its assets are in the executable.
 */
export const swaggerRoutes = (documented: () => AnyElysia[]) => {
  let document: Promise<string> | undefined
  return new Elysia({ name: 'swagger.routes' })
    .get('/swagger', () => asset(page, HTML, 'no-cache'), hidden)
    .get('/swagger/start.js', () => asset(start, JAVASCRIPT, DAY), hidden)
    .get('/swagger/swagger-ui-bundle.js', () => asset(Bun.file(script), JAVASCRIPT, DAY), hidden)
    .get('/swagger/swagger-ui.css', () => asset(Bun.file(style), 'text/css', DAY), hidden)
    .get(
      '/swagger/json',
      async () => {
        document ??= describe(documented())
        return asset(await document, 'application/json', 'no-cache')
      },
      hidden,
    )
}

/**
 * The OpenAPI document, made at the first request: loading the plugin takes as long as loading
 * everything else.
 */
async function describe(routes: AnyElysia[]): Promise<string> {
  const { swagger } = await import('@elysiajs/swagger')
  const described = new Elysia()
    .use(swagger({ path: '/swagger', documentation, excludeStaticFile: false }))
    .use(routes)
  return (await described.handle(new Request('http://localhost/swagger/json'))).text()
}

function asset(body: string | Blob, type: string, cache: string): Response {
  const headers = {
    'content-type': type,
    'cache-control': cache,
    ...(type === HTML && { 'content-security-policy': CONTENT_SECURITY_POLICY }),
  }
  return new Response(body, { headers })
}
