import { type CommandPage, everyPage, wordsLine } from './command-page.ts';
import { commandLines, quoted, type ValueCase, valueCases } from './shell-cases.ts';

/** Completion for bash 4 and newer: a script to be sourced. It starts no program. */
export function bashCompletion(program: CommandPage): string {
  const [name = ''] = program.words;
  return `# bash completion of ${name}; made by "${name} completion bash"
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} line=${name} place offered=''
  for ((place = 1; place < COMP_CWORD; place++)); do
    case "$line \${COMP_WORDS[place]}" in
      ${commandLines(program).map(quoted).join('|')}) line="$line \${COMP_WORDS[place]}" ;;
    esac
  done
  COMPREPLY=()
  case "$line $before" in
${valueCases(program).map(offerOf).join('\n')}
  esac
  case "$line" in
${everyPage(program).map(wordsOf).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

/** Files are what bash offers by itself when it is given nothing. */
function offerOf({ line, value, choices }: ValueCase): string {
  const offers = {
    choice: `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$current")); return`,
    folder: 'COMPREPLY=($(compgen -d -- "$current")); return',
    file: 'return',
    text: 'compopt +o default +o bashdefault 2>/dev/null; return',
    none: 'return',
  };
  return `    ${quoted(line)}) ${offers[value]} ;;`;
}

/** The words that may follow a command: options once a dash is typed, and where there is nothing else. */
function wordsOf(page: CommandPage): string {
  const options = page.options.flatMap(({ names }) => names).join(' ');
  const others = [
    ...page.commands.map(({ words }) => words.at(-1) ?? ''),
    ...page.arguments.flatMap(({ choices }) => choices),
  ].join(' ');
  return `    ${quoted(wordsLine(page))}) if [[ $current == -* ]]; then offered=${quoted(options)}; else offered=${quoted(others)}; fi ;;`;
}
