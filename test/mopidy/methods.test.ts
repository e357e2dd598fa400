import { describe, expect, test } from 'bun:test'
import { allows } from '../../src/accounts/roles/permissions'
import description from '../../src/mopidy/describe.json'
import { asksLibrary, type MethodName, methodNamed, methods } from '../../src/mopidy/methods'
import { type Method, PLAYER } from '../../src/mopidy/methods/method'

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

  test('has words for the refusal of every method that needs a permission', () => {
    for (const [name, { kind, need, does }] of table) {
      if (need === 'nobody') continue
      const words = kind === 'write' ? does : allows[need]
      expect([name, words]).toEqual([name, expect.stringMatching(/^[a-z][a-z ]+[a-z]$/)])
    }
    // A read has none of its own: they would never be said.
    expect(table.filter(([, { kind, does }]) => kind === 'read' && does !== undefined)).toEqual([])
  })

  test('tells of every write that somebody may make what it may change', () => {
    const allowed = table.filter(([, { kind, need }]) => kind === 'write' && need !== 'nobody')
    expect(allowed.filter(([, { touches = [] }]) => touches.length === 0)).toEqual([])
    const reads = table.filter(([, { kind }]) => kind === 'read')
    expect(reads.filter(([, { touches }]) => touches !== undefined)).toEqual([])
  })

  test('keeps the order of all that touches the tracklist, reads of it included', () => {
    for (const [name, { kind, need, queue }] of table) {
      const edits = need === 'queue.add' || need === 'queue.edit'
      const expected = edits || (kind === 'read' && name.startsWith('core.tracklist.'))
      expect([name, queue]).toEqual([name, expected ? kind : undefined])
    }
  })

  test('names the addresses of every method with a parameter that takes some', () => {
    for (const [name, { parameters, addresses }] of table) {
      const takes = ['uri', 'uris', 'playlist'].some((parameter) => parameter in parameters)
      expect([name, addresses !== undefined]).toEqual([name, takes])
      const given = { uri: 'a:1', uris: ['a:1'], playlist: { uri: 'a:1', tracks: [] } }
      if (addresses !== undefined) expect([name, addresses(given)]).toEqual([name, ['a:1']])
    }
  })

  test('holds what brings tracks to the schemes of a role, whatever else it is held to', () => {
    const brings = table.filter(([, { limits }]) => limits?.tracks !== undefined)
    expect(brings.map(([name]) => name)).toEqual(['core.playlists.save', 'core.tracklist.add'])
    const others = table.filter(([, { limits }]) => limits !== undefined && !limits.tracks)
    expect(others.map(([name]) => name)).toEqual(['core.mixer.set_volume'])
    expect(methods['core.tracklist.add'].limits?.adds).toBeTrue()
    expect(methods['core.mixer.set_volume'].limits?.volume?.({ volume: 7 })).toBe(7)
  })

  test('has the player asked before every method that may change the track, and before no other', () => {
    for (const [name, { before = [], changesTrack, action }] of table) {
      expect([name, PLAYER.every((fact) => before.includes(fact))]).toEqual([
        name,
        changesTrack !== undefined,
      ])
      // Nobody would hear of it.
      if (before.length > 0) expect([name, action]).toEqual([name, expect.any(String)])
    }
  })

  test('names the option of every method that sets one, and of no other', () => {
    for (const [name, { action, option }] of table)
      expect([name, option]).toEqual([
        name,
        action === 'options_changed' ? name.replace('core.tracklist.set_', '') : undefined,
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
