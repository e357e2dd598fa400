import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { checkClock } from '../../../src/cli/doctor/clock'
import { parseEnvironmentFile, serviceVariables } from '../../../src/cli/service/environment'
import { startDemoMopidy } from '../../../src/demo/mopidy'
import { isLoopback, parseSockets } from '../../../src/health/findings/listening-sockets'
import { closeDoors, valueIn } from '../../../src/health/findings/mopidy-conf'
import { executable, runExecutable, temporaryFolder } from '../../support/executable'
import { hasRealMopidy } from '../../support/real-mopidy'
import { endAll, start } from '../launch'

type Finding = { check: string; mark: string; message: string; remedy?: string }

const SECRET = 'f3Kq0PzH7mVtX2wLbN9cRdYsGaJeUiTo4ZxQ'
const CONF = `# My box
[core]
restore_state = true

[http]
; everybody may listen
hostname = ::   ; was 127.0.0.1
port = 6680

[MPD]
hostname = 10.0.0.1

[mpd]
#hostname = 127.0.0.1
Hostname: 0.0.0.0
  ; an odd place
password =
  secret

[spotify]
username = ada
hostname = elsewhere
`

const fresh = join(temporaryFolder(), 'musakone.db')

afterAll(endAll)
beforeAll(async () => {
  executable()
  await (await start({ DATABASE_PATH: fresh, JWT_SECRET: SECRET })).stop()
})

describe('musakone doctor', () => {
  let folder: string
  let path: string
  let variables: Record<string, string>
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder, 'musakone.db')
    copyFileSync(fresh, path)
    const secret = join(folder, 'secret')
    writeFileSync(secret, SECRET, { mode: 0o600 })
    variables = {
      DATABASE_PATH: path,
      JWT_SECRET_FILE: secret,
      NODE_ENV: 'production',
      // Nothing listens on this port.
      PORT: '1',
      MOPIDY_URL: 'ws://127.0.0.1:1/mopidy/ws',
    }
  })

  async function examine(...args: string[]) {
    const { exitCode, stdout, stderr } = await runExecutable(
      ['doctor', '--json', ...args],
      variables,
    )
    expect(stderr).toBe('')
    const report = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
    expect(report.ok).toBe(exitCode === 0)
    const find = (check: string) => report.findings.find((finding) => finding.check === check)
    return { exitCode, stdout, ...report, find }
  }

  test('with everything well it says so of each thing, and exits with 0', async () => {
    const mopidy = await startDemoMopidy()
    variables.MOPIDY_URL = mopidy.url
    const musakone = await start({ ...variables, PORT: '0' })
    variables.PORT = String(musakone.port)
    variables.CLIENTS_PORT = new URL(musakone.clientsOrigin).port
    const { findings, find } = await examine()
    expect(find('web clients')).toMatchObject({
      mark: 'ok',
      message: expect.stringContaining(`at port ${variables.CLIENTS_PORT}`),
    })
    expect(find('proxy')).toBeUndefined()
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'configuration',
        'secret',
        'data',
        'clock',
        'disk',
        'database',
        'service',
        'mopidy',
        'front door',
      ]),
    )
    // Other programs on the machine of the tests may listen too.
    const others = findings.filter(({ check }) => check !== 'front door')
    expect(others.filter(({ mark }) => mark === 'wrong')).toEqual([])
    expect(find('database')).toMatchObject({ mark: 'ok' })
    expect(find('service')).toMatchObject({ mark: 'ok' })
    expect(find('mopidy')).toMatchObject({ mark: 'ok' })
    expect(find('mopidy')?.message).toContain('3.4.1')
    const { stdout, exitCode } = await runExecutable(['doctor'], variables)
    expect(stdout).toMatch(/^✓ configuration {2}/)
    if (findings.every(({ mark }) => mark !== 'wrong')) {
      expect(exitCode).toBe(0)
      expect(stdout).toEndWith('\nNothing is wrong.\n')
    }
    expect(await musakone.stop()).toBe(0)
    await mopidy.stop()
  })

  test('T3 says what to do where the web clients cannot be reached, and of a proxy that it was not told of', async () => {
    const musakone = await start({ ...variables, PORT: '0' })
    variables.PORT = String(musakone.port)
    // Nothing listens on this port.
    variables.CLIENTS_PORT = '1'
    const absent = await examine()
    expect(absent.find('web clients')).toMatchObject({ mark: 'wrong' })
    expect(absent.find('proxy')).toBeUndefined()
    const other = Bun.serve({ port: 0, fetch: () => new Response('somebody else') })
    variables.CLIENTS_PORT = String(other.port)
    expect((await examine()).find('web clients')).toMatchObject({
      mark: 'wrong',
      remedy: expect.stringContaining('set CLIENTS_PORT'),
    })
    await other.stop(true)

    variables.CLIENTS_PORT = new URL(musakone.clientsOrigin).port
    variables.TRUSTED_PROXIES = '127.0.0.1'
    expect((await examine()).find('web clients')).toMatchObject({
      mark: 'note',
      remedy: expect.stringContaining('CLIENTS_ORIGIN'),
    })
    variables.CLIENTS_ORIGIN = 'https://clients.example'
    variables.PUBLIC_URL = 'https://radio.example'
    expect((await examine()).find('web clients')).toMatchObject({ mark: 'ok' })

    // As nginx forwards a request that was told to keep the host, and nothing else.
    await fetch(`${musakone.origin}/health`, { headers: { host: 'radio.local' } })
    const { find } = await examine()
    expect(find('proxy')).toMatchObject({
      mark: 'note',
      message: expect.stringContaining('all people have one address'),
      remedy: expect.stringContaining('set TRUSTED_PROXIES=127.0.0.1'),
    })
    expect(musakone.lines()).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('TRUSTED_PROXIES') }),
    )
    expect(await musakone.stop()).toBe(0)
  })

  test('S1 of a database whose file is gone while the service has it, it says how to mend it', async () => {
    const musakone = await start({ ...variables, PORT: '0' })
    variables.PORT = String(musakone.port)
    expect((await examine()).find('service')).toMatchObject({ mark: 'ok' })
    renameSync(path, `${path}.old`)
    expect((await examine()).find('service')).toMatchObject({
      mark: 'wrong',
      message: expect.stringContaining('deleted or replaced'),
      remedy: expect.stringContaining('musakone restore FILE'),
    })
    const said = musakone.lines().filter(({ msg }) => String(msg).includes('deleted or replaced'))
    expect(said).toEqual([
      expect.objectContaining({ path, hint: expect.stringContaining('musakone restore FILE') }),
    ])
    expect(await musakone.stop()).toBe(0)
  })

  test('with nothing there it says so, and where to look', async () => {
    const cwd = temporaryFolder()
    const { exitCode, stdout } = await runExecutable(
      ['doctor', '--json'],
      { PORT: '1', MOPIDY_URL: 'ws://127.0.0.1:1/mopidy/ws', PATH: '/none' },
      cwd,
    )
    expect(exitCode).toBe(1)
    const { findings } = JSON.parse(stdout) as { findings: Finding[] }
    const marks = Object.fromEntries(findings.map(({ check, mark }) => [check, mark]))
    expect(marks).toMatchObject({ configuration: 'ok', service: 'wrong', mopidy: 'wrong' })
    expect(marks).toMatchObject({ secret: 'unknown', data: 'unknown', database: 'unknown' })
    expect(readdirSync(cwd)).toEqual([])
  })

  test('every problem of the configuration is told, and the exit code is 78', async () => {
    Object.assign(variables, { PORT: 'abc', SESSION_DAYS: '0', JWT_SECRET_FILE: '' })
    const { exitCode, findings, stdout } = await examine()
    expect(exitCode).toBe(78)
    const problems = findings.filter(({ check }) => check === 'configuration')
    expect(problems.map(({ message }) => message.split(' ')[0])).toEqual([
      'PORT',
      'SESSION_DAYS',
      'JWT_SECRET',
    ])
    expect(stdout).not.toContain(SECRET)
  })

  test.each([
    [
      'secret',
      'a secret that others read',
      () => chmodSync(join(folder, 'secret'), 0o644),
      'chmod 600',
    ],
    ['data', 'a database that others read', () => chmodSync(path, 0o640), 'chmod 600'],
    ['data', 'a folder that others write', () => chmodSync(folder, 0o777), 'chmod 700'],
    ['database', 'a damaged database', () => truncateSync(path, 4096 * 5), 'musakone restore FILE'],
  ])('%s: %s is wrong, with the way out', async (check, _, spoil, remedy) => {
    spoil()
    const { find, exitCode } = await examine()
    expect(find(check)).toMatchObject({ mark: 'wrong' })
    expect(find(check)?.remedy).toContain(remedy)
    expect(exitCode).toBe(1)
  })

  test.each([
    [
      'somebody else’s page',
      () => new Response('hello'),
      /answers with 200, and not as a WebSocket/,
    ],
    ['no such path', () => new Response('', { status: 404 }), /has nothing at \/mopidy\/ws/],
    [
      'a door that is shut',
      () => new Response('', { status: 403 }),
      /refuses the handshake with 403/,
    ],
  ])('where Mopidy should be is %s', async (_, answer, message) => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
    variables.MOPIDY_URL = `ws://127.0.0.1:${server.port}/mopidy/ws`
    const { find } = await examine()
    expect(find('mopidy')).toMatchObject({ mark: 'wrong' })
    expect(find('mopidy')?.message).toMatch(message)
    await server.stop(true)
  })

  test('a Mopidy that hangs is given up', async () => {
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    variables.MOPIDY_URL = `ws://127.0.0.1:${silent.port}/mopidy/ws`
    const { find } = await examine()
    expect(find('mopidy')?.message).toContain('does not answer within')
    silent.stop(true)
  })

  test('what can be reached past the front door is told, and how to close it', async () => {
    const open = Bun.listen({ hostname: '0.0.0.0', port: 0, socket: { data() {} } })
    variables.MOPIDY_URL = `ws://127.0.0.1:${open.port}/mopidy/ws`
    const conf = join(folder, 'mopidy.conf')
    writeFileSync(conf, CONF)
    const { exitCode, find } = await examine('--mopidy-config', conf)
    expect(exitCode).toBe(1)
    expect(find('front door')?.message).toContain(`0.0.0.0:${open.port}`)
    expect(find('front door')?.remedy).toContain(conf)
    expect(find('front door')?.remedy).toContain('section [http], set hostname = 127.0.0.1')

    // With the file changed already, the remedy is a restart of Mopidy.
    writeFileSync(conf, closeDoors(CONF))
    const { find: findAgain } = await examine('--mopidy-config', conf)
    expect(findAgain('front door')?.remedy).toBe(
      `${conf} says 127.0.0.1 already: sudo systemctl restart mopidy`,
    )
    open.stop(true)
  })

  test('on loopback only, it is no way in', async () => {
    const closed = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    variables.MOPIDY_URL = `ws://127.0.0.1:${closed.port}/mopidy/ws`
    const { stdout } = await examine()
    expect(stdout).not.toContain(`:${closed.port}:`)
    expect(stdout).not.toContain(`listens on 127.0.0.1:${closed.port}`)
    closed.stop(true)
  })

  test('a Mopidy elsewhere is said not to be seen from here', async () => {
    variables.MOPIDY_URL = 'ws://mopidy.invalid:6680/mopidy/ws'
    const { findings } = await examine()
    expect(findings.at(-1)).toMatchObject({ check: 'front door', mark: 'note' })
  })

  test('the environment file of the service is read, and what is set here wins', async () => {
    const file = join(folder, 'musakone.env')
    writeFileSync(file, `# The box\nDATABASE_PATH="${path}"\nPORT=abc\n`)
    const { DATABASE_PATH: _, ...rest } = variables
    const run = (given: Record<string, string>) =>
      runExecutable(['doctor', '--json', '--env-file', file], given)
    const { stdout, exitCode } = await run(rest)
    expect(stdout).toContain(`${path} is whole`)
    expect(exitCode).toBe(1)
    const { PORT: __, ...withoutPort } = rest
    expect((await run(withoutPort)).exitCode).toBe(78)
    expect((await runExecutable(['doctor', '--env-file', '/none'], rest)).stderr).toContain('/none')
  })
})

describe('musakone doctor --fix', () => {
  let conf: string
  beforeEach(() => {
    conf = join(temporaryFolder(), 'mopidy.conf')
    writeFileSync(conf, CONF)
    chmodSync(conf, 0o640)
  })
  const fix = (...args: string[]) =>
    runExecutable(['doctor', '--fix', '--mopidy-config', conf, ...args], { PORT: '1' })
  const copies = () => readdirSync(join(conf, '..')).filter((name) => name !== 'mopidy.conf')

  test('writes both hostnames, keeps a copy, and does nothing the second time', async () => {
    const { stdout } = await fix('--yes')
    expect(stdout).toContain('sudo systemctl restart mopidy')
    const text = readFileSync(conf, 'utf8')
    expect(text).toBe(
      CONF.replace('hostname = ::   ;', 'hostname = 127.0.0.1   ;').replace(
        'Hostname: 0.0.0.0',
        'hostname = 127.0.0.1',
      ),
    )
    expect(statSync(conf).mode & 0o777).toBe(0o640)
    const [copy = '', ...more] = copies()
    expect(more).toEqual([])
    expect(readFileSync(join(conf, '..', copy), 'utf8')).toBe(CONF)
    expect(statSync(join(conf, '..', copy)).mode & 0o777).toBe(0o640)
    expect((await fix('--yes')).stdout).toContain('keeps Mopidy to itself already')
    expect(readFileSync(conf, 'utf8')).toBe(text)
    expect(copies()).toEqual([copy])
  })

  test('without a terminal it wants --yes, and changes nothing', async () => {
    const { exitCode, stderr } = await fix()
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--yes')
    expect(readFileSync(conf, 'utf8')).toBe(CONF)
    expect(copies()).toEqual([])
  })

  test.each([
    ['y\r', true],
    ['n\r', false],
    ['\r', false],
  ])('on a terminal it asks, and is answered %j', async (typed, changes) => {
    let shown = ''
    let asked = false
    const child = Bun.spawn([executable(), 'doctor', '--fix', '--mopidy-config', conf], {
      cwd: temporaryFolder(),
      env: { PORT: '1', TERM: 'xterm', NODE_ENV: 'development' },
      terminal: {
        cols: 200,
        rows: 24,
        data(terminal, bytes) {
          shown += new TextDecoder().decode(bytes)
          if (asked || !shown.includes('[y/N]')) return
          asked = true
          terminal.write(typed)
        },
      },
    })
    await child.exited
    child.terminal?.close()
    expect(asked).toBe(true)
    expect(readFileSync(conf, 'utf8') === CONF).toBe(!changes)
    expect(shown).toContain(changes ? 'now keeps Mopidy to itself' : 'nothing was changed')
  })

  test('where Mopidy is reached by another address it refuses to cut it off', async () => {
    const { exitCode, stderr } = await runExecutable(
      ['doctor', '--fix', '--yes', '--mopidy-config', conf],
      { PORT: '1', MOPIDY_URL: 'ws://192.168.1.5:6680/mopidy/ws' },
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain('192.168.1.5')
    expect(readFileSync(conf, 'utf8')).toBe(CONF)
  })

  test('a link stays a link', async () => {
    const link = join(temporaryFolder(), 'mopidy.conf')
    symlinkSync(conf, link)
    await runExecutable(['doctor', '--fix', '--yes', '--mopidy-config', link], { PORT: '1' })
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(valueIn(readFileSync(conf, 'utf8'), 'http', 'hostname')).toBe('127.0.0.1')
  })

  test('a file that is not there is named', async () => {
    const { exitCode, stderr } = await fix('--mopidy-config', '/none/mopidy.conf')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('/none/mopidy.conf')
  })

  test('--json prints one document', async () => {
    const { stdout, stderr } = await fix('--yes', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ ok: false })
    expect(stderr).toContain('now keeps Mopidy to itself')
  })
})

const BOTH = '[http]\nhostname = 127.0.0.1\n\n[mpd]\nhostname = 127.0.0.1\n'
const FILES: [string, string, string][] = [
  ['empty', '', BOTH],
  ['without the sections', '[core]\nx = 1\n', `[core]\nx = 1\n\n${BOTH}`],
  ['without a last end of line', '[core]\nx = 1', `[core]\nx = 1\n\n${BOTH}`],
  ['without the keys', '[http]\nport = 1\n[mpd]\n', BOTH.replace('\n\n', '\nport = 1\n')],
  [
    'a section at the very end',
    '[mpd]\nhostname=::1\n[http]',
    '[mpd]\nhostname=::1\n[http]\nhostname = 127.0.0.1\n',
  ],
  ['closed in other words', '[http]\nhostname = localhost\n[mpd]\nhostname=unix:/run/mpd\n', ''],
  [
    'with Windows ends',
    '[http]\r\nhostname = ::\r\n[mpd]\r\nport = 1\r\n',
    '[http]\r\nhostname = 127.0.0.1\r\n[mpd]\r\nhostname = 127.0.0.1\r\nport = 1\r\n',
  ],
  [
    'with the value below',
    '[http]\nhostname =\n  0.0.0.0\n# so\n[mpd]\nhostname = ::1\n',
    '[http]\nhostname = 127.0.0.1\n# so\n[mpd]\nhostname = ::1\n',
  ],
]

describe('the configuration of Mopidy', () => {
  test.each(FILES)('%s is closed, once', (_, before, after) => {
    const closed = closeDoors(before)
    expect(closed).toBe(after || before)
    expect(closeDoors(closed)).toBe(closed)
    for (const section of ['http', 'mpd'])
      expect(valueIn(closed, section, 'hostname')).toMatch(/^(127\.0\.0\.1|::1|localhost|unix:.*)$/)
  })

  test.skipIf(!hasRealMopidy())('Mopidy itself reads it so', async () => {
    for (const [, before] of [['', CONF] as const, ...FILES.slice(-3)]) {
      const file = join(temporaryFolder(), 'mopidy.conf')
      writeFileSync(file, closeDoors(before))
      const child = Bun.spawn(['mopidy', '--config', file, 'config'], {
        env: { PATH: process.env.PATH ?? '', HOME: temporaryFolder() },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const shown = await new Response(child.stdout).text()
      expect(valueIn(shown, 'http', 'hostname')).toMatch(/^(127\.0\.0\.1|localhost)$/)
    }
  })
})

describe('what the doctor reads', () => {
  test('the sockets of /proc/net/tcp and tcp6', () => {
    const rest = '00000000:00000000 00:00000000 00000000     0        0'
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1A18 00000000:0000 0A ${rest} 101 1 0 100 0 0 10 0
   1: 00000000:19C8 00000000:0000 0A ${rest} 102 1 0 100 0 0 10 0
   2: 0501A8C0:1A18 0601A8C0:D431 01 ${rest} 103 1 0 20 4 30 10 -1
   3: 00000000000000000000000000000000:06F4 00000000000000000000000000000000:0000 0A ${rest} 104 1 0
   4: 00000000000000000000000001000000:1A18 00000000000000000000000000000000:0000 0A ${rest} 105 1 0
   5: 0000000000000000FFFF00000100007F:1A18 00000000000000000000000000000000:0000 0A ${rest} 106 1 0
   6: B80D01200000000067452301EFCDAB89:1A18 00000000000000000000000000000000:0000 0A ${rest} 107 1 0
`
    const sockets = parseSockets(table)
    expect(sockets).toEqual([
      { address: '127.0.0.1', port: 6680, inode: '101' },
      { address: '0.0.0.0', port: 6600, inode: '102' },
      { address: '::', port: 1780, inode: '104' },
      { address: '::1', port: 6680, inode: '105' },
      { address: '127.0.0.1', port: 6680, inode: '106' },
      { address: '2001:db8::123:4567:89ab:cdef', port: 6680, inode: '107' },
    ])
    expect(sockets.map(({ address }) => isLoopback(address))).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ])
  })

  test('an environment file', () => {
    const text = `# c\n; c\nA=1\n B = two words \nC="quoted # text"\nD='x'\nE=\nno line\n`
    expect(parseEnvironmentFile(text)).toEqual({
      A: '1',
      B: 'two words',
      C: 'quoted # text',
      D: 'x',
      E: '',
    })
  })

  test('the clock', async () => {
    const at = (time: string, synchronised?: string) =>
      checkClock(new Date(time), async () => synchronised)
    expect(await at('2026-11-22T12:00:00Z', 'yes')).toMatchObject({ mark: 'ok' })
    expect(await at('2026-11-22T12:00:00Z', 'no')).toMatchObject({ mark: 'note' })
    expect((await at('2026-11-22T12:00:00Z')).message).toContain('cannot be told')
    expect(await at('1970-01-01T00:00:09Z', 'yes')).toMatchObject({ mark: 'wrong' })
    expect(await at('2233-01-01T00:00:00Z')).toMatchObject({ mark: 'wrong' })
  })
})

describe('the variables of an installed service', () => {
  test('are those of its unit and its file, under those that are given', () => {
    const file = join(temporaryFolder(), 'musakone.env')
    writeFileSync(file, 'PORT=80\nHOST=\nDATABASE_PATH=/data/m.db\n')
    expect(serviceVariables({ PORT: '81', HOST: '' }, file)).toEqual({
      PORT: '81',
      DATABASE_PATH: '/data/m.db',
    })
    expect(() => serviceVariables({}, '/none')).toThrow('/none')
  })
})
