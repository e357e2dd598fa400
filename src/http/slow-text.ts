/** Characters that are sent at once; a surrogate pair is never cut. */
const PART = 64 * 1024

/**
 * A body that is turned into bytes a part at a time, as the client reads it: of a text that waits for its
 * reader no copy is in memory. `onEnd` is called once, when all has been read or the client is gone.
 */
export function slowText(text: string, onEnd: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let start = 0
  return new ReadableStream(
    {
      pull(controller) {
        let end = start + PART
        if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1
        controller.enqueue(encoder.encode(text.slice(start, end)))
        start = end
        if (start < text.length) return
        controller.close()
        onEnd()
      },
      cancel: onEnd,
    },
    { highWaterMark: 0 },
  )
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff
