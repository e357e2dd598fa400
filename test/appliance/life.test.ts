import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/test-musakone'
import type { Box } from './box'
import { anotherVersion, debianPackage } from './package'
import { boxWithMopidy, call, healthy, install, TRACK, unit } from './stage'
import { missing, named } from './tools'

const PASSWORD = 'half a lemon cake'
const MINUTES = 60_000
const reason = missing('systemd-nspawn', 'mmdebstrap', 'dpkg-deb')

// One box, whose life these tests tell in order.
describe.skipIf(reason !== undefined)(named('the life of the package', reason), () => {
  let box: Box
  let token: string
  beforeAll(async () => {
    box = await boxWithMopidy()
  }, 10 * MINUTES)
  afterAll(() => box?.close())

  const me = () => box.ask('/api/auth/me', { token })
  const pid = () => Number(unit(box, 'MainPID'))
  const journal = () => box.does('journalctl --sync; journalctl -u musakone -o cat --no-pager')
  const inBox = (path: string) => join(box.root, path)
  const ENV = 'etc/musakone/musakone.env'
  const spoil = (file: string, content: string | Uint8Array) => {
    const before = readFileSync(inBox(file))
    writeFileSync(inBox(file), content)
    return () => writeFileSync(inBox(file), before)
  }

  test(
    'P16 installed, it runs, is healthy and hardened, and shows the first password once',
    async () => {
      const printed = install(box, debianPackage())
      const passwords = [...printed.matchAll(/Log in as admin with the password ([\w-]{20})$/gm)]
      expect(passwords).toHaveLength(1)
      const password = passwords[0]?.[1] ?? ''
      expect(box.does('musakone --health')).toContain('musakone')
      expect(unit(box, 'ActiveState')).toBe('active')
      expect(box.does('systemctl is-enabled musakone.service musakone-backup.timer')).toBe(
        'enabled\nenabled',
      )
      await until(() => unit(box, 'StatusText') === 'Mopidy online, 0 clients', 'Mopidy', 30_000)
      const exposure = box.does('systemd-analyze security musakone.service | tail -1')
      expect(Number(/: ([\d.]+) /.exec(exposure)?.[1])).toBeLessThanOrEqual(1.5)
      const modes = box.does(
        'stat -c "%a %U:%G %n" /etc/musakone/* /var/lib/musakone /var/lib/musakone/musakone.db',
      )
      expect(modes.split('\n')).toEqual([
        '640 root:musakone /etc/musakone/musakone.env',
        '600 musakone:musakone /etc/musakone/secret',
        '700 musakone:musakone /var/lib/musakone',
        '600 musakone:musakone /var/lib/musakone/musakone.db',
      ])

      const login = { username: 'admin', password }
      const first = box.ask('/api/auth/login', { body: login })
      expect(JSON.parse(first.text).user).toMatchObject({ must_change_password: true })
      const change = { current_password: password, new_password: PASSWORD }
      const changed = box.ask('/api/auth/password', {
        token: JSON.parse(first.text).token,
        body: change,
      })
      token = JSON.parse(changed.text).token
      expect(me().status).toBe(200)
    },
    2 * MINUTES,
  )

  test('it plays, and knows who did it', async () => {
    call(box, token, 'core.tracklist.add', { uris: [TRACK] })
    call(box, token, 'core.playback.play')
    await until(() => call(box, token, 'core.playback.get_state') === 'playing', 'music')
    const history = () => box.ask('/api/analytics/history?action_type=play', { token }).text
    await until(() => history().includes('"play"'), 'the history to say so')
  }, 60_000)

  test('P1 killed, it is back within two seconds', async () => {
    const before = pid()
    box.does('systemctl kill --kill-whom=main --signal=KILL musakone')
    const killedAt = performance.now()
    // Not the probe, which may wait two seconds for the one that is just dying.
    const answers = () => box.shell('curl -sf -m 0.3 http://127.0.0.1:3001/health').exitCode === 0
    await until(() => ![0, before].includes(pid()) && answers(), 'it to be back')
    expect(performance.now() - killedAt).toBeLessThan(2_000)
    expect(me().status).toBe(200)
  })

  test(
    'P13 one that hangs is started again by the watchdog',
    async () => {
      const before = pid()
      box.does('systemctl kill --kill-whom=main --signal=STOP musakone')
      expect(box.shell('musakone --health').exitCode).toBe(1)
      await until(() => ![0, before].includes(pid()), 'the watchdog', MINUTES)
      await healthy(box)
      expect(journalOfSystemd(box)).toContain('Watchdog timeout')
      expect(me().status).toBe(200)
    },
    2 * MINUTES,
  )

  test.each(['reboot', 'cutPower'] as const)(
    'after %s it is there again, with all that it knew',
    async (how) => {
      await box[how]()
      await healthy(box, 30_000)
      expect(me().status).toBe(200)
      await until(() => unit(box, 'StatusText') === 'Mopidy online, 0 clients', 'Mopidy', 30_000)
      call(box, token, 'core.playback.play')
    },
    2 * MINUTES,
  )

  test('the journal tells what is a warning from what is not', () => {
    const { stdout } = box.shell('journalctl --sync; journalctl -u musakone -p warning -o cat')
    const lines = stdout.split('\n')
    expect(lines.filter((line) => line.includes('first start: log in as admin'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('is listening'))).toEqual([])
  })

  test('the probe finds the port of the configuration', async () => {
    const restore = spoil(ENV, 'PORT=3005\n')
    box.does('systemctl restart musakone')
    expect(box.does('musakone --health')).toContain(':3005/health')
    restore()
    box.does('systemctl restart musakone')
    expect(box.does('musakone --health')).toContain(':3001/health')
  })

  test('P8 the timer makes a backup that only the service can read', async () => {
    expect(unit(box, 'NextElapseUSecRealtime', 'musakone-backup.timer')).not.toBe('')
    box.does('systemctl start musakone-backup.service')
    const backups = box.does('stat -c "%a %U %n" /var/lib/musakone/backups/*').split('\n')
    expect(backups).toEqual([expect.stringMatching(/^600 musakone .*\/musakone-[^/]*\.db$/)])
  })

  const withSchema = (version: number) => {
    const file = new Database(inBox('var/lib/musakone/musakone.db'))
    const { user_version } = file.query('PRAGMA user_version').get() as { user_version: number }
    file.run(`PRAGMA user_version = ${version}`)
    file.close()
    return user_version
  }
  const DB = 'var/lib/musakone/musakone.db'
  const troubles: [string, string, () => () => void, RegExp, string][] = [
    ['P5', 'a wrong variable', () => spoil(ENV, 'PORT=loud\n'), /PORT must be a port/, '78'],
    ['A7', 'a short secret', () => spoil('etc/musakone/secret', 'x'), /32 bytes or more/, '78'],
    ['P6', 'no database at all', () => spoil(DB, 'x'.repeat(9_000)), /musakone\.db/, '1'],
    [
      'P7',
      'a newer schema',
      () => {
        const before = withSchema(999)
        return () => void withSchema(before)
      },
      /schema 999 is newer than this version's/,
      '1',
    ],
    [
      'P5',
      'a folder that it may not write to',
      () => {
        box.does('chattr +i /var/lib/musakone /var/lib/musakone/musakone.db')
        return () => void box.does('chattr -i /var/lib/musakone /var/lib/musakone/musakone.db')
      },
      /musakone\.db/,
      '1',
    ],
    [
      'P4',
      'a full disk',
      () => {
        const options = 'size=64k,uid=musakone,gid=musakone,mode=700'
        box.does(`mount -t tmpfs -o ${options} full /var/lib/musakone`)
        box.shell('head -c 1M /dev/zero >/var/lib/musakone/full')
        return () => void box.does('umount /var/lib/musakone')
      },
      /musakone\.db/,
      '1',
    ],
    [
      'P10',
      'a port that is taken',
      () => {
        box.does('systemd-run --unit=stranger /usr/bin/python3 -m http.server 3001')
        box.does(
          'for i in $(seq 50); do curl -s 127.0.0.1:3001 >/dev/null && break; sleep 0.1; done',
        )
        return () => void box.does('systemctl stop stranger')
      },
      /port 3001 is already in use/,
      '1',
    ],
  ]
  test.each(troubles)(
    '%s %s is told in one line, and is no reason to try again and again',
    async (_row, _name, break_, line, exitCode) => {
      box.does('systemctl stop musakone')
      const mend = break_()
      try {
        const told = journal().length
        expect(box.shell('systemctl start musakone').exitCode).toBe(1)
        // Not `auto-restart`: this is where it stays.
        expect(unit(box, 'SubState')).toBe('failed')
        expect(unit(box, 'NRestarts')).toBe('0')
        expect(unit(box, 'ExecMainStatus')).toBe(exitCode)
        const said = journal().slice(told).split('\n')
        expect(said.filter((text) => text.startsWith('musakone: '))).toEqual([
          expect.stringMatching(line),
        ])
      } finally {
        mend()
      }
      box.does('systemctl reset-failed musakone; systemctl start musakone')
      await healthy(box)
      expect(me().status).toBe(200)
    },
    MINUTES,
  )

  test(
    'an upgrade keeps sessions, data and settings, and makes a backup before',
    async () => {
      appendFileSync(inBox(ENV), 'REGISTRATION=invite\n')
      const before = box.does('ls /var/lib/musakone/backups | wc -l; cat /etc/musakone/secret')
      const printed = install(box, anotherVersion('999.0'))
      expect(printed).not.toContain('password')
      await healthy(box)
      expect(me().status).toBe(200)
      const after = box.does('ls /var/lib/musakone/backups | wc -l; cat /etc/musakone/secret')
      const [backups, secret] = before.split('\n')
      expect(after.split('\n')).toEqual([String(Number(backups) + 1), secret ?? ''])
      expect(readFileSync(inBox(ENV), 'utf8')).toEndWith('REGISTRATION=invite\n')
      expect(unit(box, 'NRestarts')).toBe('0')
    },
    MINUTES,
  )

  test(
    'removed and installed again, it still knows everybody',
    async () => {
      box.does('apt-get remove --yes musakone')
      const active = box.shell('systemctl is-active musakone musakone-backup.timer').stdout
      expect(active).toBe('inactive\ninactive\n')
      expect(box.shell('pgrep -u musakone').stdout).toBe('')
      const printed = install(box, debianPackage())
      expect(printed).not.toContain('password')
      await healthy(box)
      expect(me().status).toBe(200)
      expect(readFileSync(inBox(ENV), 'utf8')).toEndWith('REGISTRATION=invite\n')
    },
    MINUTES,
  )

  test(
    'purged, nothing of it is left',
    () => {
      box.does('apt-get purge --yes musakone')
      const left = box.does(
        'find / -xdev -name "*musakone*" -not -path "/root/*" -not -path "/proc/*" -not -path "/var/lib/dpkg/*-old"',
      )
      expect(left).toBe('')
      expect(box.shell('getent passwd musakone; getent group musakone').stdout).toBe('')
      expect(box.does('find / -xdev -nouser -not -path "/proc/*"')).toBe('')
      expect(box.shell('systemctl list-units --all --no-legend "musakone*"').stdout).toBe('')
      expect(box.does('systemctl is-active mopidy')).toBe('active')
    },
    MINUTES,
  )
})

function journalOfSystemd(box: Box): string {
  return box.does('journalctl --sync; journalctl -u musakone --no-pager')
}
