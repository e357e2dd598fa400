import { dlopen, ptr } from 'bun:ffi'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/executable'
import { until } from '../../support/test-musakone'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const MSG_DONTWAIT = 0x40
const LONGEST_MESSAGE = 4_096

const { symbols: libc } = dlopen('libc.so.6', {
  socket: { args: ['int', 'int', 'int'], returns: 'int' },
  bind: { args: ['int', 'ptr', 'uint32_t'], returns: 'int' },
  recv: { args: ['int', 'ptr', 'usize', 'int'], returns: 'int64_t' },
  close: { args: ['int'], returns: 'int' },
})

export type NotifySocket = ReturnType<typeof notifySocket>

/** A Unix datagram socket like systemd's; with `abstract` one without a file. */
export function notifySocket({ abstract = false } = {}) {
  const file = join(temporaryFolder(), 'notify')
  const address = Uint8Array.from([AF_UNIX, 0, ...Buffer.from(abstract ? `\0${file}` : file)])
  const descriptor = libc.socket(AF_UNIX, SOCK_DGRAM, 0)
  if (libc.bind(descriptor, ptr(address), address.length) !== 0) throw new Error(`bind ${file}`)
  const buffer = new Uint8Array(LONGEST_MESSAGE)
  const heard: string[] = []

  const received = (): string[] => {
    for (;;) {
      const size = Number(libc.recv(descriptor, ptr(buffer), buffer.length, MSG_DONTWAIT))
      if (size < 0) return heard
      heard.push(new TextDecoder().decode(buffer.subarray(0, size)))
    }
  }

  return {
    /** The value for `NOTIFY_SOCKET`. */
    path: abstract ? `@${file}` : file,
    /** The messages received so far. */
    received,
    /** Resolves when a message contains the text. */
    hears: (text: string) =>
      until(() => received().some((message) => message.includes(text)), `to hear ${text}`),
    close: () => void libc.close(descriptor),
  }
}
