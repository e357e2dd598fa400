import { afterEach, expect, test } from 'bun:test'
import { createStage } from '../../mopidy/stage'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone } from '../../support/test-musakone'

const ADD = 'core.tracklist.add'

const stage = createStage()
afterEach(stage.clear)

test('B5 B11 all the guests of one invite together may have as much as three guests', async () => {
  const musakone = stage.keep(await startTestMusakone({ registration: 'invite' }))
  await musakone.online()
  const admin = await musakone.logIn()

  async function invite(): Promise<string> {
    const made = await musakone.request('/api/invites', { token: admin, json: { role: 'guest' } })
    return ((await made.json()) as { code: string }).code
  }

  /** A guest who comes by the invite and adds twenty songs. */
  async function comeAndAdd(code: string, username: string) {
    const registered = await musakone.request('/api/auth/register', {
      json: { username, invite: code },
    })
    const { token } = (await registered.json()) as { token: string }
    const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    stage.keep({ stop: client.close })
    const uris = ['valoisa', 'good-enough', 'la-hora-azul'].flatMap((album) =>
      Array.from({ length: 8 }, (_, index) => `demo:track:${album}:0${index + 1}`),
    )
    return client.call(ADD, { uris: uris.slice(0, 20) })
  }

  const code = await invite()
  const names = Array.from({ length: 12 }, (_, index) => `nick${index + 1}`)
  const answers = []
  for (const name of names) answers.push(comeAndAdd(code, name))
  const added = (await Promise.all(answers)).filter(({ type }) => type === 'mopidy_response')
  expect(added).toHaveLength(3)
  expect(await comeAndAdd(code, 'late')).toMatchObject({
    error: {
      code: -32003,
      message:
        'All who came by one invite may together have 60 tracks in the queue at once; they have 60 and these are 20.',
      data: { budget: 'invite_queue', most: 60, queued: 60, left: 0, asked: 20 },
    },
  })
  // Another invite has a budget of its own.
  expect(await comeAndAdd(await invite(), 'other')).toMatchObject({ type: 'mopidy_response' })
})
