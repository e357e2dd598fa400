import type { Argument, Command, Option } from 'commander'

/** A command, for the manual page and the shell completion. */
export type Node = Readonly<{
  /** The words after `musakone`: `['user', 'add']`. */
  path: readonly string[]
  description: string
  /** The text below the options in its help. */
  footer: string
  arguments: readonly Argument[]
  options: readonly Option[]
  children: readonly Node[]
}>

/** The command with all its sub-commands, read from Commander. */
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

/** The node and all nodes below it, parents before children. */
export function nodesOf(node: Node): Node[] {
  return [node, ...node.children.flatMap(nodesOf)]
}

// Commander has no getter for the text of `addHelpText`.
const footers = new WeakMap<Command, string>()

/** Adds a text after the help, like `addHelpText('after', …)`, and after the manual's section too. */
export function addFooter(command: Command, text: string): Command {
  footers.set(command, text.trim())
  return command.addHelpText('after', text)
}

/** The values that an argument or an option takes: a list of words, a file, or any text. */
export function valuesOf(one: Argument | Option): { choices: readonly string[] } | 'file' | 'any' {
  const choices = one.argChoices
  if (choices !== undefined) return { choices }
  const shown = 'flags' in one ? one.flags : one.name()
  return /file|folder/.test(shown) ? 'file' : 'any'
}

/** Whether a value may follow the option. */
export function takesValue(option: Option): boolean {
  return option.required || option.optional
}
