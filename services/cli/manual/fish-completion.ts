import { type CommandPage, everyPage, type OptionPage, type ValueKind, wordsLine } from './command-page.ts';
import { brief, commandLines } from './shell-cases.ts';

/** The rest of a rule for a value: it is required (-r), files are offered (-F) or not (-f). */
const OFFERS: Record<ValueKind, string> = {
  none: '',
  choice: ' -r -f',
  file: ' -r -F',
  folder: " -r -f -a '(__fish_complete_directories)'",
  text: ' -r -f',
};

/** Completion for fish 3 and newer: a file for its folder of completions. It starts no program. */
export function fishCompletion(program: CommandPage): string {
  const [name = ''] = program.words;
  return `# fish completion of ${name}; made by "${name} completion fish"
function __${name}_line
    set -l line ${name}
    for word in (commandline -opc)[2..-1]
        switch "$line $word"
            case ${commandLines(program).map(quoted).join(' ')}
                set line "$line $word"
        end
    end
    test "$line" = "$argv[1]"
end
complete -c ${name} -e
${everyPage(program)
  .flatMap((page) => rulesOf(page, name))
  .join('\n')}
`;
}

function rulesOf(page: CommandPage, name: string): readonly string[] {
  const rule = `complete -c ${name} -n ${quoted(`__${name}_line ${quoted(wordsLine(page))}`)}`;
  const isOfWords = page.commands.length > 0 || page.arguments.some(({ value }) => value === 'choice');
  return [
    ...(isOfWords ? [`${rule} -f`] : []),
    ...page.commands.map(
      (each) => `${rule} -a ${quoted(each.words.at(-1) ?? '')} -d ${quoted(brief(each.summary))}`,
    ),
    ...page.arguments.flatMap(({ choices, summary }) =>
      choices.map((choice) => `${rule} -a ${quoted(choice)} -d ${quoted(brief(summary))}`),
    ),
    ...page.options.map((option) => `${rule}${optionOf(option)}`),
  ];
}

function optionOf({ names, summary, value, choices }: OptionPage): string {
  const spelt = names.map((each) =>
    each.startsWith('--') ? ` -l ${each.slice(2)}` : ` -s ${each.slice(1)}`,
  );
  const offered = value === 'choice' ? ` -a ${quoted(choices.join(' '))}` : '';
  return `${spelt.join('')}${OFFERS[value]}${offered} -d ${quoted(brief(summary))}`;
}

/** Text between single quotes, as fish reads them. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}
