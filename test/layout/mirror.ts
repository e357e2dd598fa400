/** Folders of tests that mirror no folder of `src`, each with what it holds. */
export const OTHER_TEST_FOLDERS: Readonly<Record<string, string>> = {
  appliance: 'the package on a booted Debian, an emulated ARM and in a container',
  bench: 'measurements',
  clients: 'mopidy.js against Mopidy itself and through Musakone',
  conformance: 'one suite for the demo, a real Mopidy, and Musakone before one',
  fuzz: 'a random insider, against an honest phone',
  'gateway/proxy/stand-in-clients': 'a web client of Mopidy, for the proxy',
  lanes: 'the runner of the tests',
  layout: 'the checks of the layout',
  'listening/simulator': 'random weeks of a room, against a plain model of what was heard',
  'mopidy/calls': 'calls that Mopidy does not survive, and calls that it does',
  'mopidy/mirror': 'random reads and writes through the mirror',
  support: 'what tests of several folders use',
  'web/page/pictures': 'the pictures of the README and the icons, made anew by hand',
  'web/page/stage': 'what the tests of the page share',
}

/** A sentence for each folder of tests that is neither a mirror nor listed, and for each listed in vain. */
export function mirrorProblems(
  testFolders: readonly string[],
  sourceFolders: readonly string[],
  others: readonly string[],
): string[] {
  const isBelow = (folder: string, other: string) =>
    folder === other || folder.startsWith(`${other}/`)
  const isOther = (folder: string) => others.some((other) => isBelow(folder, other))
  const strangers = testFolders.filter(
    (folder) => !sourceFolders.includes(folder) && !isOther(folder),
  )
  const gone = others.filter((other) => !testFolders.some((folder) => isBelow(folder, other)))
  const mirrors = others.filter((other) => sourceFolders.includes(other))
  return [
    ...strangers.map(
      (folder) =>
        `test/${folder} mirrors no folder of src: move its tests to the folder named like the code ` +
        'that they test, or list it in test/layout/mirror.ts.',
    ),
    ...gone.map((other) => `test/layout/mirror.ts lists test/${other}, which is gone: remove it.`),
    ...mirrors.map(
      (other) =>
        `test/layout/mirror.ts lists test/${other}, which mirrors src/${other}: remove it.`,
    ),
  ]
}
