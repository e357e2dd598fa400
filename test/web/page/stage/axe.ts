import type { Page } from 'playwright-core'

const AXE = Bun.file(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)).text()

/** The violations that axe finds on the open page, a line for each element. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await AXE)
  return (await page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`)) as string[]
}

/** Controls that are too small for a finger, and by how many pixels the page is wider than its window. */
export async function misfits(page: Page): Promise<unknown[]> {
  return (await page.evaluate(`[
    ...[...document.querySelectorAll('button, a, input:not([type=file]), select')]
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 1 && (height < (innerWidth < 900 ? 43.9 : 24) || width < 40))
      .map(([element]) => element.outerHTML.slice(0, 90)),
    ...[document.documentElement, document.querySelector('main')]
      .map((element) => element.scrollWidth - element.clientWidth)
      .filter((excess) => excess > 0),
  ]`)) as unknown[]
}
