import { expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sourceState } from './built'
import { temporaryFolder } from './executable'

const LOCK = join(import.meta.dir, 'lock.ts')

test('the state of the sources is the same until one of them changes', async () => {
  const state = sourceState()
  expect(sourceState()).toBe(state)
  const root = temporaryFolder()
  mkdirSync(join(root, 'src/deep'), { recursive: true })
  const write = (file: string, text: string) => Bun.write(join(root, file), text)
  await write('src/deep/a.ts', 'one')
  const one = sourceState(root)
  expect(sourceState(root)).toBe(one)
  await write('src/deep/a.ts', 'two')
  const two = sourceState(root)
  await write('package.json', '{}')
  const three = sourceState(root)
  await write('README.md', 'is not built')
  expect(sourceState(root)).toBe(three)
  expect(new Set([state, one, two, three]).size).toBe(4)
})

test('of two processes that want one lock, one waits, also for one that is killed', async () => {
  const folder = temporaryFolder()
  const program = (work: string) =>
    Bun.spawn(
      [
        process.execPath,
        '-e',
        `import { underLock } from ${JSON.stringify(LOCK)}
         underLock('${folder}/lock', () => { console.log('in'); ${work} })`,
      ],
      { stdout: 'pipe', stderr: 'inherit' },
    )
  const holder = program('Bun.sleepSync(60_000)')
  const reader = holder.stdout.getReader()
  await reader.read()
  const waiter = program('')
  const won = await Promise.race([waiter.exited, Bun.sleep(300).then(() => 'waits')])
  expect(won).toBe('waits')
  holder.kill('SIGKILL')
  expect(await waiter.exited).toBe(0)
})
