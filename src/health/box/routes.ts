import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { Backups } from '../../database/backup/backups'
import type { Gateway } from '../../gateway/gateway'
import { errorReplies } from '../../http/error-reply'
import type { BoxCheck } from './box'
import { Backup, BackupList, Box, HeldBackList } from './model'

type BoxRoutesOptions = { auth: Auth; box: BoxCheck; backups: Backups; gateway: Gateway }

const tags = ['Health']
const security = [{ bearer: [] }]

/** For an admin: what can be reached past Musakone, and the backups. */
export const boxRoutes = ({ auth, box, backups, gateway }: BoxRoutesOptions) =>
  new Elysia({ name: 'box.routes', prefix: '/api' })
    .use(auth)
    .get('/box', ({ server }) => box.check(server?.port ?? 0), {
      needs: 'box',
      response: { 200: Box, ...errorReplies(401, 403) },
      detail: {
        summary: 'Whether Mopidy is there, and what can be reached past Musakone',
        tags,
        security,
      },
    })
    .get('/budgets', () => ({ held_back: gateway.budgets.heldBack() }), {
      needs: 'box',
      response: { 200: HeldBackList, ...errorReplies(401, 403) },
      detail: { summary: 'Who was held back lately, by which budget and when', tags, security },
    })
    .get('/backups', () => ({ folder: backups.folder, backups: backups.list() }), {
      needs: 'box',
      response: { 200: BackupList, ...errorReplies(401, 403) },
      detail: { summary: 'The backups that there are', tags, security },
    })
    .post(
      '/backups',
      async ({ set }) => {
        const made = await backups.make()
        set.status = 201
        return made
      },
      {
        needs: { permission: 'box', confirmed: true },
        response: { 201: Backup, ...errorReplies(401, 403, 404, 503) },
        detail: {
          summary: 'Back up now, beside the nightly ones; answers when it is on the disk',
          tags,
          security,
        },
      },
    )
