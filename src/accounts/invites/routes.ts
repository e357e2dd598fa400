import { Type as t } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { AppError } from '../../errors'
import { errorReplies } from '../../http/error-reply'
import { IdInPath, idIn } from '../../http/id-in-path'
import type { ClientAddress } from '../../http/network/client-address'
import type { LinkOrigin } from '../../http/network/link-origin'
import type { Auth } from '../door/auth'
import type { Door } from '../door/door'
import type { Identity } from '../sessions/sessions'
import type { InviteRow, Invites } from './invites'
import type { Inviting } from './inviting'
import { Invite, InviteList, InviteQuery, NewInvite } from './model'
import { qrSvg, qrText } from './qr'

type InviteRoutesOptions = {
  auth: Auth
  door: Pick<Door, 'mustBeConfirmed'>
  invites: Pick<Invites, 'show'>
  inviting: Inviting
  clientAddress: ClientAddress
  linkOrigin: LinkOrigin
}

const tags = ['Invites']
const security = [{ bearer: [] }]
/** For a QR code, which lets people in: no cache may keep it, and a picture loads nothing else. */
const SECRET_PICTURE = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Links and QR codes by which people make accounts of their own. */
export const inviteRoutes = ({
  auth,
  door,
  invites,
  inviting,
  clientAddress,
  linkOrigin,
}: InviteRoutesOptions) => {
  type Asked = { request: Request; server: Parameters<LinkOrigin>[1] }
  const show = (row: InviteRow, { request, server }: Asked) =>
    invites.show(row, linkOrigin(request, server))
  const actorOf = (identity: Identity, { request, server }: Asked) => ({
    identity,
    ip: clientAddress(request, server),
  })

  function linkOf(row: InviteRow, asked: Asked): string {
    const { url } = show(row, asked)
    if (url === undefined) throw new AppError('not_found', 'This invite lets nobody in any more.')
    return url
  }

  return new Elysia({ name: 'invites.routes', prefix: '/api/invites' })
    .use(auth)
    .post(
      '',
      ({ identity, body, request, server, set }) => {
        const asked = { request, server }
        // An account of a guest ends with the invite, and does little.
        if (body.role !== 'guest') door.mustBeConfirmed(identity)
        set.status = 201
        return show(inviting.create(actorOf(identity, asked), body), asked)
      },
      {
        needs: 'invites',
        body: NewInvite,
        response: { 201: Invite, ...errorReplies(400, 401, 403, 413, 415) },
        detail: { summary: 'Invite people: a link that makes accounts of a role', tags, security },
      },
    )
    .get(
      '',
      ({ identity, query, request, server }) => {
        const asked = { request, server }
        const rows = inviting.list(actorOf(identity, asked), { ended: query.ended === 'true' })
        return { invites: rows.map((row) => show(row, asked)) }
      },
      {
        needs: 'invites',
        query: InviteQuery,
        response: { 200: InviteList, ...errorReplies(400, 401, 403) },
        detail: { summary: 'The invites that I made, for admins all', tags, security },
      },
    )
    .get(
      '/:id',
      ({ identity, params, request, server }) => {
        const asked = { request, server }
        return show(inviting.find(actorOf(identity, asked), idIn(params)), asked)
      },
      {
        needs: 'invites',
        params: IdInPath,
        response: { 200: Invite, ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'One invite', tags, security },
      },
    )
    .delete(
      '/:id',
      ({ identity, params, request, server }) => {
        const asked = { request, server }
        return show(inviting.end(actorOf(identity, asked), idIn(params)), asked)
      },
      {
        needs: 'invites',
        params: IdInPath,
        response: { 200: Invite, ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'End an invite and all the guests who came by it', tags, security },
      },
    )
    .get(
      '/:id/qr.svg',
      ({ identity, params, request, server, set }) => {
        const asked = { request, server }
        const url = linkOf(inviting.find(actorOf(identity, asked), idIn(params)), asked)
        Object.assign(set.headers, SECRET_PICTURE, { 'content-type': 'image/svg+xml' })
        return qrSvg(url)
      },
      {
        needs: 'invites',
        params: IdInPath,
        response: { 200: t.String(), ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'The QR code of an invite as a picture', tags, security },
      },
    )
    .get(
      '/:id/qr.txt',
      ({ identity, params, request, server, set }) => {
        const asked = { request, server }
        const url = linkOf(inviting.find(actorOf(identity, asked), idIn(params)), asked)
        Object.assign(set.headers, SECRET_PICTURE, { 'content-type': 'text/plain; charset=utf-8' })
        return `${qrText(url)}\n${url}\n`
      },
      {
        needs: 'invites',
        params: IdInPath,
        response: { 200: t.String(), ...errorReplies(400, 401, 403, 404) },
        detail: { summary: 'The QR code of an invite for a terminal, dark', tags, security },
      },
    )
}
