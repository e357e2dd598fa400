import { describe, expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { scripts } from '../package.json'
import { circleProblems, circles } from './layout/circles'
import { documentProblems, documents } from './layout/documents'
import { exportProblems, unusedExports } from './layout/exports'
import { emptyParts, FLOORS, upwardImports, withoutFloor } from './layout/floors'
import { sourceFiles } from './layout/imports'
import { mirrorProblems, OTHER_TEST_FOLDERS } from './layout/mirror'
import { crowdedFolders, filesWithin, SUB_FOLDERS, tableProblems } from './layout/sub-folders'
import { bareTimers } from './layout/timers'

const files = await sourceFiles('src')
const everyPath = ['*', '{src,test,systemd,.ci,.github}/**/*'].flatMap((pattern) => [
  ...new Bun.Glob(pattern).scanSync({ cwd: '.', dot: true }),
])

describe('the layout of src', () => {
  test('every file stands on a floor, and every floor has files', () => {
    expect(withoutFloor('src', files, FLOORS)).toEqual([])
    expect(emptyParts('src', files, FLOORS)).toEqual([])
  })

  test('imports only point down', () => {
    expect(upwardImports('src', files, FLOORS)).toEqual([])
    // The pattern still finds imports at all.
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(100)
  })

  test('the table of sub-folders names all of them, and no others', () => {
    expect(tableProblems(files, SUB_FOLDERS)).toEqual([])
    for (const [folder, floors] of Object.entries(SUB_FOLDERS)) {
      const inside = filesWithin(files, folder)
      expect(withoutFloor(`src/${folder}`, inside, floors)).toEqual([])
      expect(emptyParts(`src/${folder}`, inside, floors)).toEqual([])
    }
  })

  test('within a folder, imports only point down too', () => {
    const upward = Object.entries(SUB_FOLDERS).flatMap(([folder, floors]) =>
      upwardImports(`src/${folder}`, filesWithin(files, folder), floors),
    )
    expect(upward).toEqual([])
  })

  test('no folder has more files than one can take in', () => {
    const sources = everyPath.filter((path) => /^src\/.*\.(tsx?|css|sql|js|html)$/.test(path))
    const counted = sources.filter((path) => !path.endsWith('.d.ts'))
    expect(counted.length).toBeGreaterThan(files.length)
    expect(crowdedFolders(counted.map((path) => path.slice('src/'.length)))).toEqual([])
  })

  test('no circle of imports, types included', () => {
    expect(circleProblems('src', circles(files))).toEqual([])
  })

  test('only main touches the process', async () => {
    const offenders = files
      .filter(({ path }) => path !== 'main.ts')
      .filter(({ text }) => /(?<!')\bprocess\.(env|argv|exit|on|stdout|stderr)\b/.test(text))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  test('S1 no timer does its work without a guard', () => {
    expect(bareTimers(files)).toEqual([])
  })

  test('there is no drawer for things without a name', () => {
    const drawers = /(^|\/)(utils?|common|helpers?|types|index|misc|shared)(\.tsx?|\/)/
    expect(files.map(({ path }) => path).filter((path) => drawers.test(path))).toEqual([])
  })

  test('nothing is exported that no file imports', async () => {
    const importers = [
      ...(await sourceFiles('.', '{src,test,systemd}/**/*.{ts,tsx}')),
      ...(await sourceFiles('.', '*.ts')),
    ]
    const unused = unusedExports('.', importers, 'src')
    expect(exportProblems(unused)).toEqual([])
  })
})

describe('the layout of test', () => {
  test('each folder mirrors one of src, or is known as another', () => {
    const foldersIn = (root: string) => [
      ...new Set(
        everyPath
          .filter((path) => path.startsWith(`${root}/`))
          .map((path) => dirname(path).slice(root.length + 1))
          .filter((folder) => folder !== ''),
      ),
    ]
    const others = Object.keys(OTHER_TEST_FOLDERS)
    expect(mirrorProblems(foldersIn('test'), foldersIn('src'), others)).toEqual([])
  })

  test('a test beside the folders is named like a file beside those of src', () => {
    const loose = everyPath
      .map((path) => /^test\/([\w-]+)\.test\.ts$/.exec(path)?.[1])
      .filter((name) => name !== undefined && name !== 'layout')
    expect(loose.filter((name) => !everyPath.includes(`src/${name}.ts`))).toEqual([])
  })
})

describe('the documents', () => {
  test.each(documents())('%s names files, folders and commands that exist', async (document) => {
    const repository = { scripts: Object.keys(scripts), files: everyPath }
    expect(documentProblems(document, await Bun.file(document).text(), repository)).toEqual([])
  })

  test('the workflow runs .ci/run, and nothing else', async () => {
    const workflow = await Bun.file('.github/workflows/check.yml').text()
    const steps = [...workflow.matchAll(/^ +(?:- )?(?:run|uses): (.*)$/gm)].map(([, step]) => step)
    expect(steps).toEqual([
      expect.stringMatching(/^actions\/checkout@v\d+$/),
      expect.stringMatching(/^\.ci\/run( \$\{\{.*'--full'.*\}\})?$/),
    ])
  })
})
