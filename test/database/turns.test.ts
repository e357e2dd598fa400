import { describe, expect, test } from 'bun:test'
import { openDatabase } from '../../src/database/database'
import { inSteps } from '../../src/database/steps'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('those who write in many steps', () => {
  test('take turns, one step after the other, in the order in which they asked', async () => {
    const database = openDatabase(':memory:')
    const heard: string[] = []
    const steps = async (name: string) => {
      for (let step = 0; step < 3; step += 1)
        await database.inTurn(async () => {
          heard.push(`${name} begins`)
          await nextTurn()
          heard.push(`${name} ends`)
        })
    }
    await Promise.all([steps('one'), steps('other')])
    const both = ['one begins', 'one ends', 'other begins', 'other ends']
    expect(heard).toEqual([...both, ...both, ...both])
    database.close()
  })

  test('go on when a step of somebody else has failed, which only that one hears', async () => {
    const database = openDatabase(':memory:')
    const failed = database.inTurn(() => {
      throw new Error('disk full')
    })
    const next = database.inTurn(() => 'done')
    await expect(failed).rejects.toThrow('disk full')
    expect(await next).toBe('done')
    database.close()
  })

  test('delete only when it is their turn', async () => {
    const database = openDatabase(':memory:')
    const other = Promise.withResolvers<void>()
    const turn = database.inTurn(() => other.promise)
    let deleted = 0
    const deletion = inSteps(database, () => {
      deleted += 1
      return { changes: deleted === 3 ? 0 : 1 }
    })
    for (let time = 0; time < 10; time += 1) await nextTurn()
    expect(deleted).toBe(0)
    other.resolve()
    await turn
    expect(await deletion).toBe(2)
    database.close()
  })
})
