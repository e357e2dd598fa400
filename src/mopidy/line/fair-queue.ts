type Item = Readonly<{ group: number; member: number }>

/**
 * Items that wait: each group has its turn, in it each member, and of each member the oldest item comes
 * first. So nobody waits longer because somebody else has put in many.
 */
export function createFairQueue<Waiting extends Item>() {
  // In the order of their turns: one that has had its turn goes to the end.
  const groups = new Map<number, Map<number, Waiting[]>>()
  let size = 0

  function putBack(group: number, members: Map<number, Waiting[]>, member: number): void {
    const items = members.get(member)
    members.delete(member)
    if (items !== undefined && items.length > 0) members.set(member, items)
    groups.delete(group)
    if (members.size > 0) groups.set(group, members)
  }

  return {
    size: (): number => size,

    push(item: Waiting): void {
      const { group, member } = item
      size += 1
      let members = groups.get(group)
      if (members === undefined) {
        members = new Map()
        groups.set(group, members)
      }
      const items = members.get(member)
      if (items === undefined) members.set(member, [item])
      else items.push(item)
    },

    /** Takes the item whose turn it is; undefined when none waits. */
    shift(): Waiting | undefined {
      for (const [group, members] of groups)
        for (const [member, items] of members) {
          const item = items.shift()
          putBack(group, members, member)
          size -= 1
          return item
        }
      return undefined
    },

    /** Takes an item out before its turn. */
    remove(item: Waiting): void {
      const members = groups.get(item.group)
      const items = members?.get(item.member)
      const index = items?.indexOf(item) ?? -1
      if (members === undefined || items === undefined || index === -1) return
      items.splice(index, 1)
      size -= 1
      if (items.length > 0) return
      members.delete(item.member)
      if (members.size === 0) groups.delete(item.group)
    },

    /** Takes all items out, in no order. */
    clear(): Waiting[] {
      const all = [...groups.values()].flatMap((members) => [...members.values()].flat())
      groups.clear()
      size = 0
      return all
    },
  }
}
