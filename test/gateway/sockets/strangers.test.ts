import { afterEach, expect, test } from 'bun:test'
import { GATEWAY_LIMITS } from '../../../src/gateway/gateway'
import { createStage } from '../../mopidy/stage'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone } from '../../support/test-musakone'

const FULL = 1013

const stage = createStage()
afterEach(stage.clear)

async function open(strangers: { perAddress: number; inAll: number }) {
  const musakone = stage.keep(await startTestMusakone({ limits: { gateway: { strangers } } }))
  await musakone.online()
  const token = await musakone.logIn()
  return {
    musakone,
    token,
    async connect(query = ''): Promise<OwnSocket> {
      const client = await connectOwn(musakone.socketUrl + query)
      stage.keep({ stop: client.close })
      return client
    },
  }
}

test('C7 of the clients that have not signed in the oldest makes room, and who has signed in stays', async () => {
  const { musakone, token, connect } = await open({ perAddress: 2, inAll: 3 })
  const member = await connect(`?token=${token}`)
  const first = await connect()
  await first.signIn(token)
  const [oldest, second] = [await connect(), await connect()]
  const newest = await connect()
  expect((await oldest.closed).code).toBe(FULL)
  await newest.signIn(token)
  const [another] = [await connect()]
  await second.signIn(token)
  await another.signIn(token)
  for (const client of [member, first, second, newest, another])
    expect(await client.call('core.get_version')).toMatchObject({ result: '3.4.1' })
  const { budgets } = musakone.services.gateway
  expect(budgets.refusals().get('strangers')).toBe(1)
  expect(budgets.heldBack()).toMatchObject([
    { user_id: null, who: '127.0.0.1', budget: 'strangers', times: 1 },
  ])
})

test('C7 the same holds for those of all addresses together', async () => {
  const { connect } = await open({ perAddress: 5, inAll: 2 })
  const clients = [await connect(), await connect(), await connect()]
  expect((await clients[0]?.closed)?.code).toBe(FULL)
})

test('C7 as installed: 16 an address, 32 in all', () => {
  expect(GATEWAY_LIMITS.strangers).toEqual({ perAddress: 16, inAll: 32 })
})
