import { afterAll, afterEach, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import type { Page } from 'playwright-core'
import type { Role } from '../../../../src/accounts/roles/role'
import { hasChromium } from '../../../clients/browser'
import { TEST_PASSWORD, until } from '../../../support/test-musakone'
import { violations } from '../stage/axe'
import { type PageStage, type Size, setPageStage } from '../stage/stage'

const SIZES: readonly Size[] = ['phone', 'desk']
const HOSTILE = '<img/src=x/onerror=alert(1)>'
const OTHER_PASSWORD = 'another battery for the horse'

describe.skipIf(!hasChromium())('the administration', () => {
  let stage: PageStage
  beforeAll(async () => {
    stage = await setPageStage()
  })
  afterAll(() => stage.stop())
  afterEach(() => stage.sweep())

  const administration = () => stage.musakone.services.accounts.administration
  const add = (username: string, role: Role = 'member') =>
    administration().create({ by: 'the test' }, { username, role, password: TEST_PASSWORD })
  const find = (username: string) =>
    administration()
      .list()
      .find((user) => user.username === username)
  const asAdmin = (part = '', options: Parameters<PageStage['open']>[1] = {}) =>
    stage.open(part === '' ? '/admin' : `/admin?part=${part}`, { role: 'admin', ...options })
  const said = (page: Page, text: string) => page.locator('.toast').getByText(text).waitFor()

  /** Waits until the QR code is drawn. */
  const drawn = (page: Page) =>
    until(
      async () =>
        (await page.evaluate(`document.querySelector('.poster img')?.naturalWidth > 0`)) === true,
      'the code',
    )

  /** An address of each part, with a selector of what it shows once it is ready. */
  async function places(): Promise<[path: string, ready: string][]> {
    const { id } = find('Mireille') ?? (await add('Mireille'))
    const invite = await stage.invite({ name: 'Friday' })
    return [
      ['/admin', '.cards'],
      ['/admin?part=people', '.person-row'],
      [`/admin?part=people&id=${id}`, '.profile'],
      ['/admin?part=roles', '.roles'],
      ['/admin?part=invites', '.rows'],
      [`/admin?part=invites&id=${invite.id}`, '.poster img'],
      ['/admin?part=audit', '.audit'],
      ['/admin?part=health', '.findings'],
      ['/admin?part=backups', '.face, .rows'],
      ['/admin?part=start', '.step'],
    ]
  }

  test('who is no admin is told why there is nothing to see, and shown no way here', async () => {
    for (const role of ['member', 'guest'] as const) {
      const { heading, link } = await stage.open('/admin?part=people', { role, size: 'desk' })
      await heading('Only admins look after the box').waitFor()
      expect(await link('Administration').count()).toBe(0)
    }
  })

  test.each(SIZES)(
    'people, on a %s: add, change the role, a password, disable, delete',
    async (size) => {
      const name = `kai-${size}`
      const { page, button, link, heading } = await asAdmin('people', { size })
      await button('Add somebody').click()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByLabel('Password', { exact: true }).fill('password')
      await button('Create').click()
      await page.getByRole('alert').getByText('one of the most common').waitFor()
      await page.getByLabel('Password', { exact: true }).fill(TEST_PASSWORD)
      await page.getByLabel('Role').selectOption('Guest')
      await button('Create').click()
      await said(page, `${name} can log in now`)
      expect(find(name)).toMatchObject({ role: 'guest', must_change_password: true })
      await link(name).click()
      await heading(name).waitFor()
      await page.getByText('New password due').waitFor()

      await page.getByRole('button', { name: /^Member/ }).click()
      await said(page, `${name}: now Member`)
      expect(find(name)?.role).toBe('member')

      await button('Set a password').click()
      await page.getByLabel('New password').fill(OTHER_PASSWORD)
      await page.getByLabel(/^Has to choose/).uncheck()
      await page.getByRole('dialog').getByRole('button', { name: 'Set a password' }).click()
      await said(page, `${name} has a new password`)
      expect(await stage.musakone.logIn(name, OTHER_PASSWORD)).toBeString()
      expect(find(name)?.must_change_password).toBe(false)

      await button('Disable').click()
      await page.locator('.mark').getByText('Disabled').waitFor()
      expect(find(name)?.disabled).toBe(true)
      await button('Enable').click()
      await button('Disable').waitFor()

      await button('Delete this account').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      expect(find(name)).toBeDefined()
      await button('Delete this account').click()
      await dialog.getByRole('button', { name: 'Delete this account' }).click()
      await said(page, `${name} is deleted`)
      expect(find(name)).toBeUndefined()
      expect(page.url()).toEndWith('/admin?part=people')
    },
  )

  test('a login of somebody is ended, and the page that it had open leaves', async () => {
    await add('noa')
    const token = await stage.musakone.logIn('noa')
    const other = await stage.open('/queue', { token })
    const { button } = await asAdmin(`people&id=${find('noa')?.id}`)
    await button('End: Unknown device').click()
    await other.page.waitForURL('**/login?next=%2Fqueue')
  })

  test('the only admin who would step down is refused in words, and stays one', async () => {
    const { page } = await asAdmin(`people&id=${find('admin')?.id}`)
    await page.getByText('That is you').waitFor()
    await page.getByRole('button', { name: /^Guest/ }).click()
    await said(page, 'The last admin has to stay one.')
    const pressed = page.locator('.choice [aria-pressed=true]')
    expect(await pressed.textContent()).toStartWith('Admin')
    await page.getByRole('button', { name: 'Delete this account', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete this account' }).click()
    await page.locator('.toast').getByText('The last admin has to stay one.').first().waitFor()
    expect(find('admin')?.role).toBe('admin')
  })

  test('a hostile name is a name: in the list, in questions, in the log, on paper', async () => {
    const { id } = await add(HOSTILE)
    const invite = await stage.invite({ name: HOSTILE })
    const { page, link, button, heading } = await asAdmin('people')
    await link(HOSTILE).click()
    await heading(HOSTILE).waitFor()
    await button('Delete this account').click()
    await heading(`Delete ${HOSTILE}?`).waitFor()
    await page.keyboard.press('Escape')
    await page.goto(`${stage.musakone.origin}/admin?part=audit`)
    await page.getByText(`made the account ${HOSTILE}`).first().waitFor()
    await page.goto(`${stage.musakone.origin}/admin?part=invites&id=${invite.id}`)
    await heading(HOSTILE).waitFor()
    const images = `[...document.images].filter(({ src }) => !src.includes('/qr.svg')).length`
    expect(await page.evaluate(images)).toBe(0)
    await stage.end(invite.id)
    await administration().remove({ by: 'the test' }, id)
  })

  test('two admins at once see what the other does', async () => {
    const { id } = await add('lou')
    await add('deputy', 'admin')
    const [one, other] = await Promise.all([
      asAdmin(`people&id=${id}`),
      asAdmin(`people&id=${id}`, { token: await stage.musakone.logIn('deputy') }),
    ])
    await one.page.getByRole('button', { name: /^Admin/ }).click()
    await other.page.locator('.choice [aria-pressed=true]').getByText('Admin').waitFor()
    // With two admins neither is the last one, so each may delete the other.
    await other.button('Delete this account').click()
    await other.page
      .getByRole('dialog')
      .getByRole('button', { name: 'Delete this account' })
      .click()
    await one.heading('There is nobody here any more').waitFor()
    const { id: deputy } = find('deputy') ?? { id: 0 }
    await administration().change({ by: 'the test' }, deputy, { role: 'guest' })
    await other.heading('Only admins look after the box').waitFor()
    await administration().remove({ by: 'the test' }, deputy)
    await other.page.waitForURL('**/login?**')
  })

  test.each(SIZES)('roles, on a %s: what a guest may, and how much of it', async (size) => {
    const { page } = await asAdmin('roles', { size })
    const guest = page.getByRole('region', { name: 'Guest' })
    const me = async () => {
      const { token = '' } = { token: stage.tokens.guest }
      const reply = await stage.musakone.request('/api/auth/me', { token })
      return (await reply.json()) as { permissions: string[]; limits: Record<string, unknown> }
    }
    await guest.getByLabel('change the volume').check()
    await guest.getByText('Not saved yet').waitFor()
    await guest.getByLabel('Highest volume').fill('40')
    await guest.getByLabel('Longest song, in minutes').fill('7.5')
    await guest.getByLabel(/^Only from/).fill('demo, local:')
    await guest.getByRole('button', { name: 'Save' }).click()
    await said(page, 'Saved')
    expect(await me()).toMatchObject({
      permissions: expect.arrayContaining(['see', 'volume']),
      limits: {
        volume_ceiling: 40,
        longest_track_ms: 450_000,
        uri_schemes: ['demo', 'local'],
        max_queued: 20,
      },
    })
    await guest.getByRole('button', { name: 'Back to the defaults' }).click()
    await until(async () => (await me()).limits.volume_ceiling === null, 'the defaults')
    await guest.getByRole('button', { name: 'Back to the defaults' }).waitFor({ state: 'detached' })
    expect(await guest.getByLabel('Highest volume').inputValue()).toBe('')
  })

  test.each(SIZES)('invites, on a %s: make one, show it, copy it, end it', async (size) => {
    const { page, context, button, heading } = await asAdmin('invites', { size })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await button('New invite').click()
    await page.getByLabel('Occasion').fill(`Party on a ${size}`)
    await page.getByLabel('Ends').selectOption('in 3 hours')
    await page.getByLabel('How many may come').fill('2')
    await button('Create').click()
    await heading(`Party on a ${size}`).waitFor()
    await drawn(page)
    await page.getByText('0 of 2 came').waitFor()
    await button('Copy link').click()
    await said(page, 'Link copied')
    const url = String(await page.evaluate('navigator.clipboard.readText()'))
    const [, code = ''] = url.split('#')
    const { token } = await stage.join(code, `ida-${size}`)
    await page.getByText('1 of 2 came').waitFor()
    const guest = await stage.open('/queue', { token })
    await button('End this invite').click()
    await page.getByRole('dialog').getByRole('button', { name: 'End this invite' }).click()
    await heading('This invite lets nobody in any more').waitFor()
    await guest.page.waitForURL('**/login?**')
  })

  test('on paper there is the code alone, and large', async () => {
    const { id } = await stage.invite({ name: 'For the wall' })
    const { page, heading } = await asAdmin(`invites&id=${id}`, {
      size: 'desk',
      colorScheme: 'dark',
    })
    await heading('For the wall').waitFor()
    // The test's server is at a loopback address, so the warning is shown.
    await page.getByText('This address works on the box alone.').waitFor()
    await drawn(page)
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByText('This address works').isVisible()).toBe(false)
    for (const name of ['Print', 'Copy link', 'End this invite'])
      expect(await page.getByRole('button', { name }).isVisible()).toBe(false)
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false)
    const box = await page.locator('.poster img').boundingBox()
    expect(box?.width).toBeGreaterThan(480)
  })

  test('the log tells who was kept out, kind by kind and page by page', async () => {
    await stage.musakone.request('/api/auth/login', {
      json: { username: 'member', password: 'wrong' },
    })
    for (let index = 0; index < 60; index += 1) await stage.invite({ name: `number ${index}` })
    const { page, button } = await asAdmin('audit')
    const entries = page.locator('.audit li')
    await entries.nth(49).waitFor()
    await button('Show more').click()
    await entries.nth(70).waitFor()
    await page.getByLabel('Show', { exact: true }).selectOption('Refused')
    await page.getByText('Wrong password for member').waitFor()
    expect(page.url()).toContain('kind=failures')
    await until(async () => (await entries.count()) < 10, 'the others to go')
  })

  test('health in numbers; and Mopidy away is said', async () => {
    const { page } = await asAdmin('health', { size: 'desk' })
    await page.getByText('Musakone runs').waitFor()
    const connections = page.locator('.figure').filter({ hasText: 'Open connections' }).locator('b')
    await until(async () => Number(await connections.textContent()) >= 2, 'the connections')
    const memory = page
      .locator('.figure')
      .filter({ hasText: /^Memory/ })
      .locator('b')
    expect(await memory.textContent()).toMatch(/^\d+(\.\d)? MB$/)
    await page.locator('.findings').getByText('Mopidy 3.4.1 answers.').waitFor()
    const { faults } = stage.musakone.demo ?? {}
    faults?.refuse?.(true)
    await page.getByText('Mopidy is away').waitFor()
    faults?.refuse?.(false)
    await page.getByText('Musakone runs').waitFor()
  })

  test('a backup now is in the list', async () => {
    const { page, button, heading } = await asAdmin('backups')
    await heading('No backups yet').waitFor()
    await button('Back up now').click()
    await page
      .locator('.rows')
      .getByText(/^musakone-.*Z\.db$/)
      .waitFor()
    await page.getByText(/^sudo musakone restore \//).waitFor()
  })

  test('the other ways to the box are named', async () => {
    const { page, link } = await asAdmin()
    await page.getByText('None is installed.').waitFor()
    expect(await link('API').getAttribute('href')).toBe('/swagger')
  })

  test('one’s own account: another password, logins, keys', async () => {
    await add('ines')
    const token = await stage.musakone.logIn('ines')
    const { page, button } = await stage.open('/queue', { token })
    const choose = async (name: string) => {
      await page.getByRole('button', { name: 'Account: ines' }).click()
      await button(name).click()
    }
    await choose('API keys')
    await page.getByLabel('What is it for?').fill('doorbell')
    await button('Make a key').click()
    const key = await page.locator('.new-key code').textContent()
    const reply = await stage.musakone.request('/api/auth/me', { token: key ?? '' })
    expect(await reply.json()).toMatchObject({ username: 'ines' })
    await button('Revoke: doorbell').click()
    await page.getByText('No keys yet.').waitFor()
    await page.keyboard.press('Escape')

    await choose('Where I am logged in')
    await page.getByText('This device').waitFor()
    await page.keyboard.press('Escape')

    await choose('Change password')
    const fill = async (current: string, chosen: string, again: string) => {
      await page.getByLabel('Current password').fill(current)
      await page.getByLabel('New password').fill(chosen)
      await page.getByLabel('The same again').fill(again)
      await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click()
    }
    await fill('not it at all', OTHER_PASSWORD, OTHER_PASSWORD)
    await page.getByRole('alert').getByText('The current password is wrong.').waitFor()
    await fill(TEST_PASSWORD, OTHER_PASSWORD, 'something else')
    await page.getByRole('alert').getByText('The two passwords are not the same.').waitFor()
    await fill(TEST_PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD)
    await said(page, 'Your password is changed.')
    expect(await stage.musakone.logIn('ines', OTHER_PASSWORD)).toBeString()
    // The page stays open: it has the new session.
    await page.locator('[data-connection=open]').waitFor({ state: 'attached' })
    await choose('Where I am logged in')
    await button(/^End: /)
      .first()
      .waitFor()
  })

  test('T2 an act long after the login asks for the password, and is done with it', async () => {
    const { id } = await add('zed')
    // A login of its own: the time of the confirming is that of later.
    const token = await stage.musakone.logIn()
    const { page, button } = await stage.open(`/admin?part=people&id=${id}`, { token })
    await button('Disable').waitFor()
    const now = Date.now
    const later = spyOn(Date, 'now').mockImplementation(() => now() + 20 * 60_000)
    try {
      const sheet = page.getByRole('dialog')
      await button('Disable').click()
      await sheet.getByRole('heading', { name: 'Confirm with your password' }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await said(page, 'Confirm this with your password.')
      expect(find('zed')?.disabled).toBe(false)

      await button('Disable').click()
      await page.getByLabel('Your password', { exact: true }).fill('not it at all')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').getByText('The password is wrong.').waitFor()
      await page.getByLabel('Your password', { exact: true }).fill(TEST_PASSWORD)
      await page.keyboard.press('Enter')
      await said(page, 'zed is out')
      expect(find('zed')?.disabled).toBe(true)
      expect(await sheet.count()).toBe(0)

      await button('Enable').click()
      await said(page, 'zed may come back')
    } finally {
      later.mockRestore()
    }
  })

  test('one’s own password is changed with the old one, in one’s own sheet', async () => {
    const own = find('admin')
    const { page, button } = await asAdmin(`people&id=${own?.id}`)
    await button('Change password').click()
    await page.getByLabel('Current password').waitFor()
    expect(await button('Set a password').count()).toBe(0)
  })

  test('a key for administration says so, and ends', async () => {
    const { page, button } = await stage.open('/queue', { role: 'admin' })
    await page.getByRole('button', { name: /^Account: / }).click()
    await button('API keys').click()
    await page.getByLabel('What is it for?').fill('backups at night')
    await page.getByLabel('For administration too, for a year').check()
    await button('Make a key').click()
    await page.getByText(/^For administration · until .* · never used$/).waitFor()
    await button('Revoke: backups at night').click()
    await said(page, 'Ended: backups at night')
  })

  test('by keyboard alone: from the start page to another role', async () => {
    const { id } = await add('tab')
    const { page } = await stage.open('/queue', { role: 'admin', size: 'desk' })
    const focused = () =>
      page.evaluate('document.activeElement.textContent.trim()') as Promise<string>
    const tabTo = async (start: string) => {
      for (let presses = 0; !(await focused()).startsWith(start); presses += 1) {
        if (presses > 60) throw new Error(`no way to ${start}`)
        await page.keyboard.press('Tab')
      }
    }
    await tabTo('Administration')
    await page.keyboard.press('Enter')
    await page.locator('.cards').waitFor()
    await tabTo('People')
    await page.keyboard.press('Enter')
    await page.locator('.person-row').first().waitFor()
    await tabTo('Ttab')
    await page.keyboard.press('Enter')
    await page.locator('.profile').waitFor()
    await tabTo('Guest')
    await page.keyboard.press('Enter')
    await said(page, 'tab: now Guest')
    await tabTo('Rename')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('Name').fill('tabby')
    await page.keyboard.press('Enter')
    await said(page, 'Is now called tabby')
    // The focus is back on the button that opened the sheet.
    await until(async () => (await focused()) === 'Rename', 'the focus')
    await administration().remove({ by: 'the test' }, id)
  })

  test('a German browser is spoken to in German, refusals too', async () => {
    const { page, heading } = await asAdmin(`people&id=${find('admin')?.id}`, { locale: 'de' })
    await heading('admin').waitFor()
    await page.getByRole('button', { name: /^Gast/ }).click()
    await said(page, 'Der letzte Admin muss einer bleiben.')
    await page.goto(`${stage.musakone.origin}/admin?part=health`)
    await page.getByText('Mopidy 3.4.1 antwortet.').waitFor()
  })

  test.each([
    ['phone', 'light'],
    ['phone', 'dark'],
    ['desk', 'light'],
    ['desk', 'dark'],
  ] as const)('axe finds nothing wrong, and all fits, on a %s, %s', async (size, colorScheme) => {
    const { page, button } = await asAdmin('', { size, colorScheme })
    for (const [path, ready] of await places()) {
      await page.goto(stage.musakone.origin + path)
      await page.locator(ready).first().waitFor()
      expect([path, await violations(page)]).toEqual([path, []])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
      const small = await page.evaluate(`[...document.querySelectorAll('button, a, select')]
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([, { width, height }]) => width > 1 && (height < (innerWidth < 900 ? 43.9 : 24) || width < 40))
        .map(([element]) => element.outerHTML.slice(0, 90))`)
      expect([path, small]).toEqual([path, []])
    }
    await page.goto(`${stage.musakone.origin}/admin?part=people`)
    await button('Add somebody').click()
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
  })
})
