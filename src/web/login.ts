import { Elysia } from 'elysia'
import style from './login-page.css' with { type: 'text' }
import page from './login-page.html' with { type: 'text' }
import script from './login-page.js' with { type: 'text' }

// Bun's types know HTML as a bundle only; imported as text it is one.
const html = page as unknown as string

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  // Its script sends the forms; without it nothing must.
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const hidden = { detail: { hide: true } }

/** The page at `/login`, where people who come without a session are sent. */
export const loginRoutes = () =>
  new Elysia({ name: 'login.routes' })
    .get('/login', () => file(html, 'text/html'), hidden)
    .get('/login/login.css', () => file(style, 'text/css'), hidden)
    .get('/login/login.js', () => file(script, 'text/javascript'), hidden)

function file(text: string, type: string): Response {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'referrer-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
  return new Response(text, { headers })
}
