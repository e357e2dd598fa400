import type { Argument, Command, Option } from 'commander'

/** A command of the program, as its manual and its completion see it. */
export type Node = Readonly<{
  /** The words behind `musakone`: `['user', 'add']`. */
  path: readonly string[]
  description: string
  /** What stands below its options in its help. */
  footer: string
  arguments: readonly Argument[]
  options: readonly Option[]
  children: readonly Node[]
}>

/** The program as it describes itself, so that nothing is said twice. */
export function treeOf(command: Command, path: readonly string[] = []): Node {
  const help = command.createHelp()
  return {
    path,
    description: command.description(),
    footer: footers.get(command) ?? '',
    arguments: command.registeredArguments,
    options: help.visibleOptions(command),
    children: command.commands
      .filter((child) => help.visibleCommands(command).includes(child))
      .map((child) => treeOf(child, [...path, child.name()])),
  }
}

/** The node and all below it, in their order. */
export function nodesOf(node: Node): Node[] {
  return [node, ...node.children.flatMap(nodesOf)]
}

// Commander keeps what it was told to print behind the help to itself.
const footers = new WeakMap<Command, string>()

/** Like `addHelpText('after', …)`, for the manual as well. */
export function addFooter(command: Command, text: string): Command {
  footers.set(command, text.trim())
  return command.addHelpText('after', text)
}

/** What may be given for an argument or an option. */
export function valuesOf(one: Argument | Option): { choices: readonly string[] } | 'file' | 'any' {
  const choices = one.argChoices
  if (choices !== undefined) return { choices }
  const shown = 'flags' in one ? one.flags : one.name()
  return /file|folder/.test(shown) ? 'file' : 'any'
}

export function takesValue(option: Option): boolean {
  return option.required || option.optional
}
