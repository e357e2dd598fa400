import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { until } from '../support/test-musakone'
import { type Box, bootBox } from './box'

/** Tracks that Mopidy's file backend plays. */
export const TRACK = 'file:///srv/music/silence.wav'

const MOPIDY_CONF = `
[http]
hostname = 127.0.0.1
[audio]
output = fakesink sync=true
[file]
media_dirs = /srv/music
[core]
restore_state = true
`

/** A box with Mopidy running and something to play, as it is before Musakone comes. */
export async function boxWithMopidy(): Promise<Box> {
  const box = await bootBox()
  writeFileSync(join(box.root, 'etc/mopidy/mopidy.conf'), MOPIDY_CONF)
  mkdirSync(join(box.root, 'srv/music'))
  writeFileSync(join(box.root, 'srv/music/silence.wav'), silence(120))
  box.does('systemctl enable --now mopidy')
  return box
}

/** Installs a package as its user would; what was printed. */
export function install(box: Box, file: string, ...options: string[]): string {
  copyFileSync(file, join(box.root, 'root', basename(file)))
  const apt = ['apt-get', 'install', '--yes', '--no-install-recommends', ...options]
  return box.does(`DEBIAN_FRONTEND=noninteractive ${apt.join(' ')} /root/${basename(file)} 2>&1`)
}

/** Resolves when the service answers its probe. */
export async function healthy(box: Box, deadlineMs = 10_000): Promise<void> {
  await until(() => box.shell('musakone --health').exitCode === 0, 'it to be healthy', deadlineMs)
}

/** What systemd knows of the service. */
export function unit(box: Box, property: string, name = 'musakone.service'): string {
  return box.does(`systemctl show --value --property=${property} ${name}`)
}

/** A result of Mopidy's, through the service. @throws when the call was answered by an error. */
export function call(box: Box, token: string, method: string, params = {}): unknown {
  const body = { jsonrpc: '2.0', id: 1, method, params }
  const { status, text } = box.ask('/mopidy/rpc', { token, body })
  const reply = status === 200 ? JSON.parse(text) : {}
  if (!('result' in reply)) throw new Error(`${method}: ${status} ${text}`)
  return reply.result
}

/** A WAV file of so many seconds, 8 kHz, 8 bits, in which nothing is heard. */
function silence(seconds: number): Uint8Array {
  const rate = 8_000
  const file = Buffer.alloc(44 + rate * seconds, 128)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + rate * seconds, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(rate, 28)
  file.writeUInt16LE(1, 32)
  file.writeUInt16LE(8, 34)
  file.write('data', 36)
  file.writeUInt32LE(rate * seconds, 40)
  return file
}
