import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { LANES } from './lanes'
import { parseOptions } from './options'
import { laneOf, plan, testFiles } from './plan'

const files = testFiles(resolve(import.meta.dir, '../..'))
const filesOf = (args: string[], environment = {}) =>
  plan(files, parseOptions(args, environment)).map((job) => job.file)

describe('the lanes', () => {
  test('hold every test file once', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(filesOf(['--full']).toSorted()).toEqual(files)
  })

  test.each(LANES.map((lane) => [lane.name, lane] as const))(
    'each line of %s fits a file that no lane before it has',
    (_name, lane) => {
      const own = files.filter((file) => laneOf(file) === lane)
      const idle = lane.files.filter((glob) => !own.some((file) => new Bun.Glob(glob).match(file)))
      expect(idle).toEqual([])
    },
  )

  test('boot nothing unless asked', () => {
    const boots = (args: string[], environment = {}) =>
      filesOf(args, environment).some((file) => file.startsWith('test/appliance/'))
    expect(boots([])).toBe(false)
    expect(boots(['web'])).toBe(false)
    expect(boots(['--appliance'])).toBe(true)
    expect(boots(['--full'])).toBe(true)
    expect(boots(['test/appliance/life'])).toBe(true)
    expect(boots([], { CI: 'true' })).toBe(true)
  })

  test('run what a part of a path names, and nothing else', () => {
    expect(filesOf(['./test/layout.test.ts'])).toEqual(['test/layout.test.ts'])
    expect(filesOf(['lanes/plan'])).toEqual(['test/lanes/plan.test.ts'])
    expect(filesOf(['no such file'])).toEqual([])
    expect(() => filesOf(['--fast'])).toThrow("Unknown option '--fast'")
  })
})
