import { describe, expect, test } from 'bun:test'
import { type ConformanceOptions, names, type Room } from './room'

export function mixerConformance(room: Room, { throughMusakone }: ConformanceOptions): void {
  describe('mixer', () => {
    test('set_volume answers true, is read back, and is announced', async () => {
      const events = await room.eventsOf(async () => {
        expect(await room.call('mixer.set_volume', { volume: 41 })).toBe(true)
        expect(await room.call('mixer.get_volume')).toBe(41)
      }, 'volume_changed')
      expect(events).toEqual([{ name: 'volume_changed', data: { volume: 41 } }])
    })

    test('every volume from 0 to 100 is read back as it was set', async () => {
      for (let volume = 0; volume <= 100; volume += 1) {
        await room.call('mixer.set_volume', { volume })
        expect(await room.call('mixer.get_volume')).toBe(volume)
      }
    })

    test('setting the volume that it has is announced too', async () => {
      const again = () => room.call('mixer.set_volume', { volume: 50 })
      expect(await room.eventsOf(again, 'volume_changed')).toEqual([
        { name: 'volume_changed', data: { volume: 50 } },
      ])
    })

    for (const volume of [-1, 101, 2.5, 'loud', null]) {
      test(`set_volume refuses ${JSON.stringify(volume)}`, async () => {
        const error = await room.failureOf('mixer.set_volume', { volume })
        expect(error.code).toBe(throughMusakone ? -32602 : 0)
        if (throughMusakone) expect(error.message).toContain('volume')
        expect(await room.call('mixer.get_volume')).toBe(50)
      })
    }

    test('set_mute answers true, is read back, and is announced even without a change', async () => {
      expect(await room.call('mixer.get_mute')).toBe(false)
      const mute = async () => expect(await room.call('mixer.set_mute', { mute: true })).toBe(true)
      const announced = [{ name: 'mute_changed', data: { mute: true } }]
      expect(await room.eventsOf(mute, 'mute_changed')).toEqual(announced)
      expect(await room.call('mixer.get_mute')).toBe(true)
      expect(await room.eventsOf(mute, 'mute_changed')).toEqual(announced)
      expect(names(await room.eventsOf(() => room.call('mixer.get_mute')))).toEqual([])
    })

    test('every client hears of a change', async () => {
      const onlooker = await room.connect()
      await room.call('mixer.set_volume', { volume: 42 })
      expect((await onlooker.nextEvent('volume_changed')).data).toEqual({ volume: 42 })
      await onlooker.close()
    })
  })
}
