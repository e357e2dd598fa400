import type { AppError } from '../../errors'
import type { Transfer } from '../transfers'

/**
 * The bytes of a body as they arrive. `spend` is told of each part before it is used.
 * @throws {AppError} when the transfer is ended, and what `spend` throws.
 */
export async function* readUpload(
  body: ReadableStream<Uint8Array>,
  transfer: Transfer,
  spend: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await nextOf(reader, transfer)
      if (done || value === undefined) return
      transfer.moved(value.length)
      spend(value.length)
      yield value
    }
  } finally {
    // Nobody reads the rest; that the client has gone is no news here.
    reader.cancel().catch(() => {})
  }
}

type Part = Readonly<{ done: boolean; value?: Uint8Array | undefined }>
type Reader = { read(): Promise<Part> }

function nextOf(reader: Reader, transfer: Transfer): Promise<Part> {
  transfer.check()
  const { promise, resolve, reject } = Promise.withResolvers<Part>()
  transfer.wait((reason: AppError) => reject(reason))
  reader.read().then(resolve, reject)
  return promise
}
