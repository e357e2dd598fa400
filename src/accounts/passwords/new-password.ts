import { Type as t } from '@sinclair/typebox'
import { AppError } from '../../errors'
import { nameKey } from '../users/name'
import commonPasswords from './common-passwords.txt' with { type: 'text' }

const FEWEST = 8
const MOST = 256
/** A unit that is shorter is easy to guess, however often it is repeated. */
const SHORTEST_UNIT = 4

/** Words that a guesser tries first against this program. */
const GUESSED_FIRST: ReadonlySet<string> = new Set(['musakone', 'mopidy', 'admin', 'password'])

/** A password that is to be set. Its length is counted in characters, which a schema cannot do. */
export const NewPassword = t.String({
  description: `${FEWEST} to ${MOST} characters; the most common passwords are refused.`,
})

/**
 * Checks a password before it is set for that user.
 * @throws {AppError} `invalid_request` when it has the wrong length or is easy to guess.
 */
export function checkNewPassword(password: string, username: string): void {
  const characters = [...password].length
  if (characters < FEWEST || characters > MOST)
    throw new AppError('invalid_request', `The password must have ${FEWEST} to ${MOST} characters.`)
  if (isCommon(password))
    throw new AppError(
      'invalid_request',
      'That password is one of the most common: choose another.',
    )
  if (isTrivial(password, username))
    throw new AppError('invalid_request', 'That password is easy to guess: choose another.')
}

let common: ReadonlySet<string> | undefined

function isCommon(password: string): boolean {
  // Read at first use: most starts set no password. What is above the empty line is the licence.
  common ??= new Set(commonPasswords.slice(commonPasswords.indexOf('\n\n')).trim().split('\n'))
  return common.has(nameKey(password))
}

/** Whether the password is a short text repeated, or a word that is guessed first, with signs around it. */
function isTrivial(password: string, username: string): boolean {
  const unit = unitOf(nameKey(password))
  if ([...unit].length < SHORTEST_UNIT || unit === nameKey(username)) return true
  const word = wordIn(unit)
  return word !== '' && (GUESSED_FIRST.has(word) || word === wordIn(nameKey(username)))
}

/** What a text repeats: `abc` of `abcabcab`; the text itself when it repeats nothing. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1)
    if (text.startsWith(text.slice(length))) return text.slice(0, length)
  return text
}

function wordIn(text: string): string {
  return text.replace(/^\P{L}+|\P{L}+$/gu, '')
}
