import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { circleProblems, circles } from './circles'
import { documentProblems } from './documents'
import { unusedExports } from './exports'
import { emptyParts, type Floors, upwardImports, withoutFloor } from './floors'
import { type SourceFile, sourceFiles } from './imports'
import { mirrorProblems } from './mirror'
import { crowdedFolders, filesWithin, tableProblems } from './sub-folders'
import { bareTimers } from './timers'

/** A made-up tree: each file with the files that it imports. */
function tree(imports: Readonly<Record<string, readonly string[]>>): SourceFile[] {
  return Object.entries(imports).map(([path, targets]) => ({ path, text: '', imports: targets }))
}

describe('circles', () => {
  test('a tree has none, also where two files import the same', () => {
    const files = tree({ 'a.ts': ['b.ts', 'c.ts'], 'b.ts': ['d.ts'], 'c.ts': ['d.ts'], 'd.ts': [] })
    expect(circles(files)).toEqual([])
  })

  test('two files that import each other are one', () => {
    const files = tree({ 'top.ts': ['a.ts'], 'a.ts': ['b.ts'], 'b.ts': ['a.ts'] })
    expect(circles(files)).toEqual([['a.ts', 'b.ts']])
  })

  test('of a longer way and a shorter one, the shorter is named', () => {
    const files = tree({ 'a.ts': ['b.ts', 'c.ts'], 'b.ts': ['c.ts'], 'c.ts': ['a.ts'] })
    expect(circles(files)).toEqual([['a.ts', 'c.ts']])
  })

  test('two knots are two circles, and the second is not hidden by the first', () => {
    const files = tree({
      'a.ts': ['b.ts', 'c.ts'],
      'b.ts': ['a.ts'],
      'c.ts': ['d.ts'],
      'd.ts': ['c.ts'],
    })
    expect(circles(files)).toEqual([
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts'],
    ])
  })

  test('the message names the whole way and the way out', () => {
    expect(circleProblems('src', [['a.ts', 'b.ts']])).toEqual([
      expect.stringMatching(
        /^src\/a\.ts → src\/b\.ts → src\/a\.ts is .*third file, or pass a function in/,
      ),
    ])
  })
})

const HOUSE: Floors = [
  ['roof.ts'],
  ['attic', 'tower'],
  ['hall', '.'],
  ['hall/stone.ts', '*/sand.ts'],
]

describe('floors', () => {
  test('an import down, and within a part, is right', () => {
    const files = tree({
      'roof.ts': ['attic/box.ts', 'hall/stone.ts'],
      'attic/box.ts': ['attic/lid.ts', 'hall/door.ts', 'door-bell.ts'],
      'hall/door.ts': ['hall/stone.ts', 'hall/sand.ts'],
    })
    expect(upwardImports('house', files, HOUSE)).toEqual([])
  })

  test.each([
    ['up', 'hall/door.ts', 'attic/box.ts', '"hall" may only .* "attic" is not below it'],
    ['to the same floor', 'attic/box.ts', 'tower/clock.ts', '"attic" may only .* "tower"'],
    ["from the folder's own files to a part beside them", 'bell.ts', 'hall/door.ts', '"."'],
    ['from a file that stands lower than its folder', 'hall/stone.ts', 'hall/door.ts', '"hall"'],
    ['from a file that a pattern puts lower', 'attic/sand.ts', 'attic/box.ts', 'sand.ts'],
  ])('an import %s is red, and its message names the way out', (_, from, to, said) => {
    const problems = upwardImports('house', tree({ [from]: [to] }), HOUSE)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toStartWith(`house/${from} imports house/${to}, `)
    expect(problems[0]).toMatch(new RegExp(said))
    expect(problems[0]).toMatch(/move the file .* or let .* pass a function in\.$/)
  })

  test('a file in a sub-folder without a name is red', () => {
    const files = tree({ 'cellar/wine.ts': [], 'roof.ts': [] })
    const problems = withoutFloor('house', files, HOUSE)
    expect(problems).toEqual([expect.stringContaining('house/cellar/wine.ts stands on no floor')])
  })

  test('a part without a file is red', () => {
    const problems = emptyParts('house', tree({ 'roof.ts': [] }), [['roof.ts'], ['attic']])
    expect(problems).toEqual([
      expect.stringContaining('the part "attic" of house, but no file belongs'),
    ])
  })
})

describe('sub-folders', () => {
  const files = tree({
    'house/attic/box.ts': ['house/hall/door.ts', 'street/lamp.ts'],
    'house/hall/door.ts': [],
    'street/lamp.ts': [],
  })

  test('the files of a folder are seen from it, without imports from outside', () => {
    expect(filesWithin(files, 'house')).toEqual(
      tree({ 'attic/box.ts': ['hall/door.ts'], 'hall/door.ts': [] }),
    )
  })

  test('a folder with sub-folders needs a line, and a line needs such a folder', () => {
    expect(tableProblems(files, { house: [] })).toEqual([])
    expect(tableProblems(files, {})).toEqual([expect.stringContaining('src/house has sub-folders')])
    expect(tableProblems(files, { house: [], street: [] })).toEqual([
      expect.stringContaining('a line for src/street'),
    ])
  })

  test('a folder with one file more than the most is red', () => {
    const paths = ['a/1.ts', 'a/2.ts', 'a/3.ts', 'a/b/1.ts']
    expect(crowdedFolders(paths, 3)).toEqual([])
    expect(crowdedFolders(paths, 2)).toEqual([expect.stringContaining('src/a has 3 source files')])
  })
})

describe('timers', () => {
  const known = { 'once.ts': 'ends a wait' }
  const once = { path: 'once.ts', text: 'setTimeout(end, 1)' }

  test('the guard’s own, those of the page and those that are known are right', () => {
    const text = 'setInterval(look, 1); setTimeout(look, 1)'
    const others = ['guard.ts', 'web/a.ts', 'demo/b.ts'].map((path) => ({ path, text }))
    expect(bareTimers([once, ...others], known)).toEqual([])
  })

  test.each([
    ['one that repeats', { path: 'a.ts', text: 'setInterval(look, 1)' }],
    ['one that nobody knows', { path: 'b.ts', text: 'timer = setTimeout(look, 1)' }],
  ])('%s is red', (_, file) => {
    expect(bareTimers([once, file], known)).toEqual([expect.stringContaining(`src/${file.path}`)])
  })

  test('one that is known and gone is red', () => {
    expect(bareTimers([], known)).toEqual([expect.stringContaining('src/once.ts')])
  })
})

describe('the folders of test', () => {
  test('a mirror, a listed folder and what is below that are right', () => {
    expect(mirrorProblems(['house', 'bench', 'bench/web'], ['house'], ['bench'])).toEqual([])
  })

  test('a stranger, a listed folder that is gone, and a listed mirror are red', () => {
    expect(mirrorProblems(['cellar'], ['house'], [])).toEqual([
      expect.stringContaining('test/cellar mirrors no folder of src'),
    ])
    expect(mirrorProblems([], [], ['bench'])).toEqual([expect.stringContaining('which is gone')])
    expect(mirrorProblems(['house'], ['house'], ['house'])).toEqual([
      expect.stringContaining('which mirrors src/house'),
    ])
  })
})

describe('files on the disk', () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'layout-'))
    const texts = {
      'src/door.ts':
        "import type { Lock } from './lock'\nimport { sill } from './sill/sill'\n" +
        'export const door = (lock: Lock) => [lock, sill]\nexport type Door = typeof door\n',
      'src/lock.ts': 'export type Lock = string\nexport function pick() {}\n',
      'src/sill.ts': "import './door'\nexport const sill = 'beside the folder'\n",
      'src/sill/sill.ts':
        "export const sill = 1\nexport { sill as ledge }\nexport * as all from '../sill'\n",
      'src/late.ts': "const { door: opened } = await import('./door')\nconsole.log(opened)\n",
      'src/names.d.ts': "import './door'\n",
      'test/door.test.ts': "import {\n  pick as open,\n} from '../src/lock'\nopen()\n",
    }
    for (const [path, text] of Object.entries(texts)) {
      await Bun.write(join(folder, dirname(path), '.keep'), '')
      await Bun.write(join(folder, path), text)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('imports of values, of types, late ones and those for their effect are found', async () => {
    const found = await sourceFiles(join(folder, 'src'))
    expect(Object.fromEntries(found.map(({ path, imports }) => [path, imports]))).toEqual({
      'door.ts': ['lock.ts', 'sill/sill.ts'],
      'late.ts': ['door.ts'],
      'lock.ts': [],
      'sill.ts': ['door.ts'],
      // The file, not the folder of that name.
      'sill/sill.ts': ['sill.ts'],
    })
  })

  test('an export that only its own file uses is found, one that a test imports is not', async () => {
    const all = await sourceFiles(folder)
    const names = unusedExports(folder, all, 'src').map(({ path, name }) => `${path} ${name}`)
    expect(names).toEqual(['src/door.ts Door', 'src/sill/sill.ts ledge'])
  })
})

describe('documents', () => {
  const repository = {
    scripts: ['test', 'build'],
    files: ['build.ts', 'src/gateway/relay/relay.ts'],
  }

  test('names that exist, placeholders, addresses and what the build makes are right', () => {
    const text =
      '`build.ts`, `src/gateway/`, `gateway/relay/relay.ts`, `relay.ts`, `bun run test <path>`, ' +
      '`/var/lib/musakone`, `ws://host/ws`, `core.tracklist.add`, `dist/musakone`, `text/csv`, ' +
      '`src/*/routes.ts`\n```\nsome/tree\nbun run build\n```\n'
    expect(documentProblems('README.md', text, repository)).toEqual([])
  })

  test.each([
    ['`src/gateway/door.ts`', 'the file src/gateway/door.ts'],
    ['`gateway/seats`', 'the file gateway/seats'],
    ['`door.ts`', 'the file door.ts'],
    ['`bun src/none.ts --fast`', 'the file src/none.ts'],
    ['`bun run bake`', 'the command bun run bake'],
    ['```\nbun run bake\n```', 'the command bun run bake'],
  ])('%j is red', (text, thing) => {
    expect(documentProblems('README.md', text, repository)).toEqual([
      `README.md names ${thing}, which does not exist: correct the name, or take it out.`,
    ])
  })
})
