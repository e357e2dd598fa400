import { Type as t } from '@sinclair/typebox'

/** The body of every reply with an error. */
const ErrorReply = t.Object({
  error: t.String({ description: 'A code for programs, such as `unauthorized`.' }),
  message: t.String({ description: 'A sentence for people.' }),
})

type ErrorReplies<Statuses extends number> = Record<Statuses, typeof ErrorReply>

/** The error replies of a route, by status, for its list of responses. */
export function errorReplies<Statuses extends number>(
  ...statuses: readonly Statuses[]
): ErrorReplies<Statuses> {
  return Object.fromEntries(
    statuses.map((status) => [status, ErrorReply]),
  ) as ErrorReplies<Statuses>
}
