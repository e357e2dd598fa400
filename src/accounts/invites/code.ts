import { timingSafeEqual } from 'node:crypto'

/** What the code of an invite is made from. */
type Coded = Readonly<{ id: number; created_at: number }>

/** Bytes of the proof in a code: 128 bits, which nobody guesses. */
const PROOF_BYTES = 16
const CODE = /^([1-9]\d{0,14})-([\w-]{22})$/

/**
 * The codes in the links of invites. They are made from the row and the server's secret whenever
 * they are wanted, so that neither the database nor a backup holds anything that opens the door.
 */
export function createInviteCodes(secret: string) {
  function codeOf({ id, created_at }: Coded): string {
    // The same secret signs tokens, and nothing that it signs for those has a colon.
    const proof = new Bun.CryptoHasher('sha256', secret)
      .update(`invite:${id}:${created_at}`)
      .digest()
    return `${id}-${proof.subarray(0, PROOF_BYTES).toString('base64url')}`
  }

  return {
    codeOf,

    /** The id of the invite that a code names; undefined when the text cannot be a code. */
    idIn(code: string): number | undefined {
      const id = CODE.exec(code)?.[1]
      return id === undefined ? undefined : Number(id)
    },

    /** Whether it is the code of that invite, in the same time whatever it looks like. */
    fits(code: string, invite: Coded): boolean {
      const [given, right] = [Buffer.from(code), Buffer.from(codeOf(invite))]
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}
