import { Elysia } from 'elysia'
import { PUBLIC } from '../../accounts/door/auth'
import { LOGIN_PAGE } from '../../http/page-addresses'
import { pageFile } from '../page-file'
import style from './login-page.css' with { type: 'text' }
import page from './login-page.html' with { type: 'text' }
import script from './login-page.js' with { type: 'text' }
import words from './login-words.js' with { type: 'text' }

// Bun's types know HTML as a bundle only; imported as text it is one.
const html = page as unknown as string

const hidden = { detail: { ...PUBLIC, hide: true } }

/** The page at `/login`, where people who come without a session are sent. */
export const loginRoutes = () =>
  new Elysia({ name: 'login.routes' })
    .get(LOGIN_PAGE, () => pageFile(html, 'text/html'), hidden)
    .get(`${LOGIN_PAGE}/login.css`, () => pageFile(style, 'text/css'), hidden)
    .get(`${LOGIN_PAGE}/login.js`, () => pageFile(script, 'text/javascript'), hidden)
    .get(`${LOGIN_PAGE}/words.js`, () => pageFile(words, 'text/javascript'), hidden)
