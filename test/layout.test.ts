import { describe, expect, test } from 'bun:test'
import { dirname, join, normalize } from 'node:path'

/** From top to bottom: an import may only point further down, or stay within its folder. */
const LAYERS: readonly (readonly string[])[] = [
  ['main'],
  ['cli'],
  ['app'],
  ['guards', 'security-headers'],
  ['cors'],
  ['services'],
  ['web'],
  ['health', 'analytics'],
  ['gateway'],
  ['actions'],
  ['demo'],
  ['mopidy', 'accounts'],
  ['database'],
  ['config'],
  ['body'],
  ['error-reply'],
  ['errors'],
  ['log'],
  ['client-address', 'clock', 'json', 'listen-address', 'version', 'query'],
  ['ip-address'],
]

const rankOf = (part: string) => LAYERS.findIndex((layer) => layer.includes(part))
const partOf = (file: string) => file.split('/')[0]?.replace(/\.tsx?$/, '') ?? ''

const files = [...new Bun.Glob('**/*.{ts,tsx}').scanSync('src')].filter(
  (file) => !file.endsWith('.d.ts'),
)
const imports = await Promise.all(
  files.map(async (file) => {
    const source = await Bun.file(join('src', file)).text()
    const targets = [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map(([, path]) =>
      normalize(join(dirname(file), path ?? '')),
    )
    return { file, targets: targets.filter((target) => !target.startsWith('..')) }
  }),
)

describe('the layout of src', () => {
  test('every file belongs to a layer', () => {
    expect(files.filter((file) => rankOf(partOf(file)) === -1)).toEqual([])
  })

  test('imports only point down', () => {
    const upward = imports.flatMap(({ file, targets }) =>
      targets
        .filter((target) => partOf(target) !== partOf(file))
        .filter((target) => rankOf(partOf(target)) <= rankOf(partOf(file)))
        .map((target) => `${file} → ${target}`),
    )
    expect(upward).toEqual([])
    // The pattern above still finds imports at all.
    expect(imports.flatMap(({ targets }) => targets).length).toBeGreaterThan(100)
  })

  test('only main touches the process', async () => {
    const offenders = []
    for (const file of files.filter((file) => file !== 'main.ts'))
      if (
        /(?<!')\bprocess\.(env|argv|exit|on|stdout|stderr)\b/.test(
          await Bun.file(`src/${file}`).text(),
        )
      )
        offenders.push(file)
    expect(offenders).toEqual([])
  })

  test('there is no drawer for things without a name', () => {
    const drawers = /(^|\/)(utils?|common|helpers?|types|index|misc|shared)(\.tsx?|\/)/
    expect(files.filter((file) => drawers.test(file))).toEqual([])
  })
})
