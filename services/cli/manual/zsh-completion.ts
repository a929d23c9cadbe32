import { type CommandPage, everyPage, wordsLine } from './command-page.ts';
import { brief, commandLines, quoted, type ValueCase, valueCases } from './shell-cases.ts';

/** Completion for zsh: a file for a folder of $fpath, or to be sourced. It starts no program. */
export function zshCompletion(program: CommandPage): string {
  const [name = ''] = program.words;
  return `#compdef ${name}
# zsh completion of ${name}; made by "${name} completion zsh"
_${name}() {
  local line=${name} place
  local -a options others
  for ((place = 2; place < CURRENT; place++)); do
    case "$line \${words[place]}" in
      (${commandLines(program).map(quoted).join('|')}) line="$line \${words[place]}" ;;
    esac
  done
  case "$line \${words[CURRENT-1]}" in
${valueCases(program).map(offerOf).join('\n')}
  esac
  case "$line" in
${everyPage(program).map(wordsOf).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then _describe -t options option options
  elif (( $#others )); then _describe -t commands command others
  else _files
  fi
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function offerOf({ line, value, choices }: ValueCase): string {
  const offers = {
    choice: `compadd -- ${choices.map(quoted).join(' ')}`,
    folder: '_files -/',
    file: '_files',
    text: "_message 'a value'",
    none: ':',
  };
  return `    (${quoted(line)}) ${offers[value]}; return ;;`;
}

function wordsOf(page: CommandPage): string {
  const options = page.options.flatMap(({ names, summary }) => names.map((name) => described(name, summary)));
  const others = [
    ...page.commands.map(({ words, summary }) => described(words.at(-1) ?? '', summary)),
    ...page.arguments.flatMap(({ choices, summary }) => choices.map((choice) => described(choice, summary))),
  ];
  return `    (${quoted(wordsLine(page))}) options=(${options.join(' ')}) others=(${others.join(' ')}) ;;`;
}

/** A colon ends the word for zsh. */
function described(word: string, summary: string): string {
  return quoted(`${word.replaceAll(':', String.raw`\:`)}:${brief(summary)}`);
}
