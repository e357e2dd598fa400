import { describe, expect, test } from 'bun:test'
import description from '../../src/mopidy/describe.json'
import {
  asksLibrary,
  type Method,
  type MethodName,
  methodNamed,
  methods,
} from '../../src/mopidy/methods'

type Described = Readonly<{ params: readonly Readonly<{ name: string; default?: unknown }>[] }>

// The answer of a real Mopidy 3.4.1 to core.describe, which does not describe itself.
const described = Object.entries<Described>(description)
const table = Object.entries(methods)

const nameOf = ({ name }: { name: string }) => name

const optionalOf = ({ parameters }: Method) =>
  Object.keys(parameters).filter((name) => parameters[name]?.optional)

const namesIn = (read: (name: MethodName) => string[]) =>
  Object.fromEntries((Object.keys(methods) as MethodName[]).map((name) => [name, read(name)]))

describe('The table of methods', () => {
  test('lists the 62 methods of Mopidy, and core.describe', () => {
    expect(described).toHaveLength(62)
    const names = ['core.describe', ...described.map(([name]) => name)]
    expect(Object.keys(methods).sort()).toEqual(names.sort())
  })

  test('has the parameters of every method in their order', () => {
    expect(namesIn((name) => Object.keys(methods[name].parameters))).toEqual({
      'core.describe': [],
      ...Object.fromEntries(described.map(([name, { params }]) => [name, params.map(nameOf)])),
    })
  })

  test('lets be left out what has a default', () => {
    const withDefault = described.map(([name, { params }]) => [
      name,
      params.filter((param) => 'default' in param).map(nameOf),
    ])
    expect(namesIn((name) => optionalOf(methods[name]))).toEqual({
      'core.describe': [],
      ...Object.fromEntries(withDefault),
      // Without tracks, which nobody may give, uris has to be there.
      'core.tracklist.add': ['tracks', 'at_position'],
    })
  })

  test('gives a parameter another name only where Mopidy has that one too', () => {
    for (const [name, { parameters }] of table)
      for (const { sentAs } of Object.values(parameters))
        if (sentAs !== undefined)
          expect([name, Object.keys(parameters)]).toEqual([name, expect.arrayContaining([sentAs])])
  })

  test('knows 38 reads, core.describe, and 24 writes', () => {
    const reads = table.filter(([name, { kind }]) => kind === 'read' && name !== 'core.describe')
    expect(reads).toHaveLength(38)
    const writes = table.filter(([, { kind }]) => kind === 'write').map(([name]) => name)
    expect(writes.sort()).toEqual(WRITES.map((name) => `core.${name}`).sort())
  })

  test('lets nobody announce a state, and denies nothing else to everyone', () => {
    const denied = table.filter(([, { need }]) => need === 'nobody').map(([name]) => name)
    expect(denied).toEqual(['core.playback.set_state'])
  })

  test('asks more of who changes something than of who looks', () => {
    for (const [name, { kind, need }] of table)
      expect([name, ['see', 'browse'].includes(need)]).toEqual([name, kind === 'read'])
  })

  test('writes down every write but those that change nothing that is heard or listed', () => {
    const silent = table.filter(([, { kind, action }]) => kind === 'write' && !action)
    expect(silent.map(([name]) => name).sort()).toEqual([
      'core.library.refresh',
      'core.playback.set_state',
      'core.playlists.refresh',
    ])
  })

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'core',
    'core.Tracklist.add',
    'tracklist.add',
  ])('has no %s', (name) => expect(methodNamed(name)).toBeUndefined())

  test('gives the long deadline to calls of the library only', () => {
    const slow = Object.keys(methods).filter(asksLibrary)
    expect(slow).toEqual(Object.keys(methods).filter((name) => name.startsWith('core.library.')))
    expect(slow).toHaveLength(6)
  })
})

// MOPIDY.md, "Methods".
const WRITES = [
  'library.refresh',
  ...['mixer.set_mute', 'mixer.set_volume'],
  ...['next', 'pause', 'play', 'previous'].map((name) => `playback.${name}`),
  ...['resume', 'seek', 'set_state', 'stop'].map((name) => `playback.${name}`),
  ...['create', 'delete', 'refresh', 'save'].map((name) => `playlists.${name}`),
  ...['add', 'clear', 'move', 'remove'].map((name) => `tracklist.${name}`),
  ...['consume', 'random', 'repeat', 'single'].map((name) => `tracklist.set_${name}`),
  'tracklist.shuffle',
]
