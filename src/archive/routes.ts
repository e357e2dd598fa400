import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { Door } from '../accounts/door/door'
import type { Roles } from '../accounts/roles/roles'
import type { Identity } from '../accounts/sessions/sessions'
import { askedUser } from '../accounts/users/asked-user'
import type { Incognito } from '../actions/incognito'
import { AppError } from '../errors'
import { errorReplies } from '../http/error-reply'
import type { Archive } from './archive'
import { exportFormats } from './export-formats'
import { ExportQuery, Forgotten, Imported, IncognitoSwitch, SpanQuery } from './model'

const tags = ['Analytics']
const security = [{ bearer: [] }]

type ArchiveRoutesOptions = {
  auth: Auth
  door: Pick<Door, 'stillSignedIn'>
  roles: Roles
  archive: Archive
  incognito: Incognito
}

/** One's history, to take away, to bring back, and to remove. */
export const archiveRoutes = ({ auth, door, roles, archive, incognito }: ArchiveRoutesOptions) =>
  new Elysia({ name: 'archive.routes', prefix: '/api/analytics' })
    .use(auth)
    .get(
      '/export',
      async ({ identity, query }) => {
        const { format = 'jsonl', user } = query
        const { contentType, extension } = exportFormats[format]
        const userId = Number(askedUser(user, identity, roles))
        const mayGoOn = () => door.stillSignedIn(identity) && mayRead(userId, identity, roles)
        const carrier = { userId: identity.userId, mayGoOn }
        const body = await archive.export(carrier, userId, query, exportFormats[format])
        const headers = {
          'content-type': contentType,
          'content-disposition': `attachment; filename="musakone-history.${extension}"`,
        }
        return new Response(body, { headers })
      },
      {
        signedIn: true,
        query: ExportQuery,
        response: errorReplies(400, 401, 403, 429),
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
        const { userId, role } = identity
        const { import_rows_per_day: rows, import_mib_per_day: mebibytes } = roles.limitsOf(role)
        const mayGoOn = () => door.stillSignedIn(identity) && roles.may(role, 'history.import')
        return archive.import(
          { userId, mayGoOn },
          { role, rows, mebibytes },
          {
            body,
            format: isCsv ? 'csv' : 'jsonl',
            claimedBytes: Number(request.headers.get('content-length') ?? 0),
          },
        )
      },
      {
        needs: 'history.import',
        response: { 200: Imported, ...errorReplies(400, 401, 403, 408, 413, 415, 429) },
        detail: {
          summary: 'Brings a history back; what is there already stays as it is',
          description:
            'The body is a file that `export` made, or listens of ListenBrainz: `application/jsonl` or `text/csv`. ' +
            'What is brought counts for its person and never for the room. `problems` names the lines that ' +
            'were not taken; texts of more than 4 KiB are cut. How much one may bring a day is a limit of the role.',
          tags,
          security,
        },
      },
    )
    .get('/incognito', ({ identity }) => ({ on: incognito.isOn(identity.userId) }), {
      signedIn: true,
      response: { 200: IncognitoSwitch, ...errorReplies(401) },
      detail: { summary: 'Whether what I do is not kept', tags, security },
    })
    .put(
      '/incognito',
      ({ identity, body }) => {
        incognito.set(identity.userId, body.on)
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
    .delete('/history', ({ identity, query }) => archive.forget(identity.userId, query), {
      signedIn: { inPerson: true },
      query: SpanQuery,
      response: { 200: Forgotten, ...errorReplies(400, 401, 403) },
      detail: {
        summary: 'Deletes what I did and brought, and takes my name off what was heard',
        tags,
        security,
      },
    })

const mayRead = (userId: number, identity: Identity, roles: Roles) =>
  userId === identity.userId || roles.may(identity.role, 'history.others')
