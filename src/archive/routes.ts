import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Roles } from '../accounts/roles/roles'
import { askedUser } from '../accounts/users/asked-user'
import type { Analytics } from '../analytics/analytics'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import { exportFormats } from './export-formats'
import { ExportQuery, Forgotten, Imported, IncognitoSwitch, SpanQuery } from './model'

const tags = ['Analytics']
const security = [{ bearer: [] }]

/** One's history, to take away, to bring back, and to remove. */
export const archiveRoutes = (auth: Auth, roles: Roles, analytics: Analytics) =>
  new Elysia({ name: 'archive.routes', prefix: '/api/analytics' })
    .use(auth)
    .get(
      '/export',
      async ({ identity, query }) => {
        const { format = 'jsonl', user } = query
        const { contentType, extension } = exportFormats[format]
        const userId = Number(askedUser(user, identity, roles))
        const body = await analytics.exportHistory(userId, query, exportFormats[format])
        const headers = {
          'content-type': contentType,
          'content-disposition': `attachment; filename="musakone-history.${extension}"`,
        }
        return new Response(body.pipeThrough(new TextEncoderStream()), { headers })
      },
      {
        signedIn: true,
        query: ExportQuery,
        response: errorReplies(400, 401, 403),
        detail: {
          summary: 'My actions and plays, to take away: JSON lines, CSV or for ListenBrainz',
          tags,
          security,
        },
      },
    )
    .post(
      '/import',
      ({ identity, request }) => {
        // None of Elysia's parsers knows these types: the body is still to be read.
        const { body } = request
        if (body === null) throw new AppError('invalid_request', 'Send the file as the body.')
        const isCsv = request.headers.get('content-type')?.startsWith('text/csv') === true
        return analytics.importHistory(identity.userId, body, isCsv ? 'csv' : 'jsonl')
      },
      {
        needs: 'history.import',
        response: { 200: Imported, ...errorReplies(400, 401, 403, 413, 415) },
        detail: {
          summary: 'Brings a history back; what is there already stays as it is',
          description:
            'The body is a file that `export` made, or listens of ListenBrainz: `application/jsonl` or `text/csv`.',
          tags,
          security,
        },
      },
    )
    .get('/incognito', ({ identity }) => ({ on: analytics.incognito.isOn(identity.userId) }), {
      signedIn: true,
      response: { 200: IncognitoSwitch, ...errorReplies(401) },
      detail: { summary: 'Whether what I do is not kept', tags, security },
    })
    .put(
      '/incognito',
      ({ identity, body }) => {
        analytics.incognito.set(identity.userId, body.on)
        return body
      },
      {
        signedIn: { inPerson: true },
        body: IncognitoSwitch,
        response: { 200: IncognitoSwitch, ...errorReplies(400, 401, 403, 413, 415) },
        detail: {
          summary: 'While it is on, nothing that I do is kept, and my name is not told',
          tags,
          security,
        },
      },
    )
    .delete('/history', ({ identity, query }) => analytics.forgetHistory(identity.userId, query), {
      signedIn: { inPerson: true },
      query: SpanQuery,
      response: { 200: Forgotten, ...errorReplies(400, 401, 403) },
      detail: {
        summary: 'Deletes what I did, and takes my name off what was heard',
        tags,
        security,
      },
    })
