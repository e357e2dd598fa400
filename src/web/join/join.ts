import { Elysia } from 'elysia'
import { PUBLIC } from '../../accounts/door/auth'
import { JOIN_PAGE } from '../../http/page-addresses'
import { pageFile } from '../page-file'
import style from './join-page.css' with { type: 'text' }
import page from './join-page.html' with { type: 'text' }
import script from './join-page.js' with { type: 'text' }

// Bun's types know HTML as a bundle only; imported as text it is one.
const html = page as unknown as string

const hidden = { detail: { ...PUBLIC, hide: true } }

/** The page at `/join`, where the links of invites lead. */
export const joinRoutes = () =>
  new Elysia({ name: 'join.routes' })
    .get(JOIN_PAGE, () => pageFile(html, 'text/html'), hidden)
    .get(`${JOIN_PAGE}/join.css`, () => pageFile(style, 'text/css'), hidden)
    .get(`${JOIN_PAGE}/join.js`, () => pageFile(script, 'text/javascript'), hidden)
