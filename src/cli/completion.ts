import type { Argument, Option } from 'commander'
import { type Node, nodesOf, takesValue, valuesOf } from './terminal/command-tree'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** The script by which the shell completes `musakone`. */
export function completionScript(shell: Shell, program: Node): string {
  return { bash, zsh, fish }[shell](program)
}

/** Shell code, for bash and zsh, that collects the words of the command typed so far in `trail`. */
function walk(program: Node, words: string): string {
  const known = nodesOf(program)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `'${path.join(' ')}'`)
  return `  for word in ${words}; do
    case "\${trail:+$trail }$word" in
      ${known.join(' | ')}) trail="\${trail:+$trail }$word" ;;
    esac
  done`
}

/** A `case` branch for each command, with the words to offer after it. */
function offers(program: Node, offer: (node: Node) => string): string {
  return nodesOf(program)
    .map((node) => `    '${node.path.join(' ')}') ${offer(node)} ;;`)
    .join('\n')
}

/** A `case` branch for each option that takes a value, with the values to offer. */
function afterOptions(program: Node, offer: (option: Option) => string): string {
  return nodesOf(program)
    .flatMap((node) =>
      node.options.filter(takesValue).map((option) => {
        const names = [option.short, option.long].filter(
          (name) => name !== undefined && name !== null,
        )
        const cases = names.map((name) => `'${node.path.join(' ')}|${name}'`)
        return `    ${cases.join(' | ')}) ${offer(option)}; return ;;`
      }),
    )
    .join('\n')
}

function wordsOf(node: Node): string[] {
  const options = node.options.flatMap(({ long, short }) => [long, short])
  const choices = node.arguments.flatMap((argument) => {
    const values = valuesOf(argument)
    return typeof values === 'object' ? values.choices : []
  })
  return [...node.children.map(({ path }) => path.at(-1)), ...choices, ...options].filter(
    (word) => word !== undefined && word !== null,
  )
}

const takesFile = (node: Node) => node.arguments.some((argument) => valuesOf(argument) === 'file')

function bash(program: Node): string {
  const reply = (words: readonly string[]) =>
    `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`
  const value = (one: Argument | Option) => {
    const values = valuesOf(one)
    if (values === 'file') return 'compopt -o default'
    return typeof values === 'object' ? reply(values.choices) : ':'
  }
  return `# Completion of musakone for bash: source <(musakone completion bash)
_musakone() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" trail= word
  COMPREPLY=()
${walk(program, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  case "$trail|$previous" in
${afterOptions(program, value)}
  esac
  case "$trail" in
${offers(program, (node) => `${reply(wordsOf(node))}${takesFile(node) ? '; compopt -o default' : ''}`)}
  esac
}
complete -F _musakone musakone
`
}

function zsh(program: Node): string {
  const value = (one: Argument | Option) => {
    const values = valuesOf(one)
    if (values === 'file') return '_files'
    return typeof values === 'object' ? `compadd -- ${values.choices.join(' ')}` : ':'
  }
  return `#compdef musakone
# Completion of musakone for zsh: source <(musakone completion zsh)
_musakone() {
  local previous="\${words[CURRENT-1]}" trail= word
  local -a offered
${walk(program, `"\${(@)words[2,CURRENT-1]}"`)}
  case "$trail|$previous" in
${afterOptions(program, value)}
  esac
  case "$trail" in
${offers(program, (node) => `offered=(${describedWords(node).join(' ')})${takesFile(node) ? '; _files' : ''}`)}
  esac
  _describe musakone offered
}
if [ "\${funcstack[1]}" = _musakone ]; then _musakone "$@"; else compdef _musakone musakone; fi
`
}

function describedWords(node: Node): string[] {
  const described = ([word, description]: readonly [string, string]) =>
    `'${`${word}:${description}`.replaceAll("'", "'\\''")}'`
  return [
    ...node.children.map(({ path, description }) => [path.at(-1) ?? '', description] as const),
    ...node.arguments.flatMap((argument) => {
      const values = valuesOf(argument)
      const choices = typeof values === 'object' ? values.choices : []
      return choices.map((choice) => [choice, argument.description || argument.name()] as const)
    }),
    ...node.options.map(({ long, description }) => [long ?? '', description] as const),
  ].map(described)
}

function fish(program: Node): string {
  const text = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const nodes = nodesOf(program)
  const at = ({ path, children }: Node) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`)
    const below = children.map((child) => child.path.at(-1)).join(' ')
    const notBelow = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`]
    return text([...seen, ...notBelow].join('; and ') || 'true')
  }
  const lines = nodes.flatMap((node) => [
    ...node.children.map(
      ({ path, description }) =>
        `complete -c musakone -n ${at(node)} -a ${path.at(-1)} -d ${text(description)}`,
    ),
    ...node.arguments.flatMap((argument) => {
      const values = valuesOf(argument)
      if (values === 'file') return [`complete -c musakone -n ${at(node)} -F`]
      if (values === 'any') return []
      return [`complete -c musakone -n ${at(node)} -a ${text(values.choices.join(' '))}`]
    }),
    ...node.options.map((option) => {
      const { short, long, description } = option
      const values = takesValue(option) ? valuesOf(option) : undefined
      const names = `${short ? ` -s ${short.slice(1)}` : ''}${long ? ` -l ${long.slice(2)}` : ''}`
      const given =
        values === undefined
          ? ''
          : values === 'file'
            ? ' -r -F'
            : ` -x${typeof values === 'object' ? ` -a ${text(values.choices.join(' '))}` : ''}`
      return `complete -c musakone -n ${at(node)}${names}${given} -d ${text(description)}`
    }),
  ])
  return ['# Completion of musakone for fish', 'complete -c musakone -f', ...lines, ''].join('\n')
}
