import { beforeAll, describe, expect, test } from 'bun:test'
import { copyFileSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { atEnd } from '../support/end'
import { temporaryFolder } from '../support/executable'
import { until } from '../support/test-musakone'
import { slimTree } from './debian'
import { debianPackage } from './package'
import { missing, named, run } from './tools'

const MINUTES = 60_000
const SECRET = 'yIH2q7mPpT0v4cKeXw9rLb1nZs8dJf3g'
const reason = missing('buildah', 'mmdebstrap', 'dpkg-deb')

// In a chroot instead of a container of its own: those cannot be nested everywhere.
describe.skipIf(reason !== undefined)(named('the container image', reason), () => {
  const storage = temporaryFolder()
  const buildah = [
    'buildah',
    `--root=${storage}`,
    `--runroot=${storage}/run`,
    '--storage-driver=vfs',
  ]
  const does = (...args: string[]) => run([...buildah, ...args]).trim()
  let container: string
  let image: { Docker: { config: Record<string, unknown> } }
  beforeAll(() => {
    atEnd(() => run([...buildah, 'rm', '--all']))
    const base = does('from', 'scratch')
    run(['cp', '--archive', `${slimTree()}/.`, does('mount', base)])
    does('umount', base)
    does('commit', '--rm', base, 'docker.io/library/debian:12-slim')
    const context = dirname(dirname(debianPackage()))
    for (const file of ['Dockerfile', '.dockerignore'])
      copyFileSync(resolve(import.meta.dir, '../..', file), join(context, file))
    const build = ['--isolation=chroot', '--pull-never', '--format=docker', '--tag=musakone']
    does('build', ...build, context)
    container = does('from', '--pull-never', 'musakone').split('\n').at(-1) ?? ''
    image = JSON.parse(does('inspect', '--type=image', 'musakone'))
  }, 8 * MINUTES)

  test('has the defaults of a container, and a probe', () => {
    expect(image.Docker.config).toMatchObject({
      User: 'musakone',
      Env: expect.arrayContaining([
        'DATABASE_PATH=/app/data/musakone.db',
        'MOPIDY_URL=ws://mopidy:6680/mopidy/ws',
        'NODE_ENV=production',
      ]),
      Cmd: ['musakone', 'serve'],
      Healthcheck: { Test: ['CMD', 'musakone', '--health'] },
      Volumes: { '/app/data': {} },
      ExposedPorts: { '3001/tcp': {}, '3002/tcp': {} },
    })
  })

  test('A7 does not start without a secret', () => {
    // buildah may end before it has copied what a process said that ended at once, so the shell stays a while.
    const program = 'musakone; code=$?; sleep 1; exit $code'
    const { exitCode, stderr } = Bun.spawnSync([...inside(), container, 'sh', '-c', program])
    expect(exitCode).toBe(78)
    expect(stderr.toString()).toContain('JWT_SECRET or JWT_SECRET_FILE is required in production')
  })

  test(
    'runs as nobody special, is healthy, keeps its data in /app/data, stops in order',
    async () => {
      const port = freePort()
      const variables = [`--env=JWT_SECRET=${SECRET}`, `--env=PORT=${port}`]
      const child = Bun.spawn([...inside(...variables), container, 'musakone', 'serve'], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      atEnd(() => child.kill('SIGKILL'))
      const probe = () =>
        Bun.spawnSync([...inside(...variables), container, 'musakone', '--health']).exitCode
      await until(() => child.exitCode !== null || probe() === 0, 'it to be healthy', 30_000)
      expect(probe()).toBe(0)
      const ls = does(
        'run',
        '--isolation=chroot',
        container,
        'stat',
        '-c%a %U',
        '/app/data/musakone.db',
      )
      expect(ls).toBe('600 musakone')
      const service = serviceWith(`PORT=${port}`)
      expect(run(['stat', '--format=%u', `/proc/${service}`]).trim()).toBe('3001')
      process.kill(service, 'SIGTERM')
      expect(await child.exited).toBe(0)
      expect(probe()).toBe(1)
    },
    MINUTES,
  )

  const inside = (...options: string[]) => [...buildah, 'run', '--isolation=chroot', ...options]
})

/** The process of the service that has this variable. */
function serviceWith(variable: string): number {
  const found = run(['pgrep', '--full', '^/usr/local/bin/musakone serve'])
    .trim()
    .split('\n')
    .find((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable))
  return Number(found)
}

function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}
