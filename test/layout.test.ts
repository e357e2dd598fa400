import { describe, expect, test } from 'bun:test'
import { FLOORS, floorOf, upwardImports } from './layout/floors'
import { sourceFiles } from './layout/imports'

const files = await sourceFiles('src')

describe('the layout of src', () => {
  test('every file belongs to a floor', () => {
    expect(files.map(({ path }) => path).filter((path) => floorOf(path) === -1)).toEqual([])
    expect(FLOORS.length).toBeGreaterThan(10)
  })

  test('imports only point down', () => {
    expect(upwardImports(files)).toEqual([])
    // The pattern still finds imports at all.
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(100)
  })

  test('only main touches the process', async () => {
    const offenders = files
      .filter(({ path }) => path !== 'main.ts')
      .filter(({ text }) => /(?<!')\bprocess\.(env|argv|exit|on|stdout|stderr)\b/.test(text))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  test('there is no drawer for things without a name', () => {
    const drawers = /(^|\/)(utils?|common|helpers?|types|index|misc|shared)(\.tsx?|\/)/
    expect(files.map(({ path }) => path).filter((path) => drawers.test(path))).toEqual([])
  })
})
