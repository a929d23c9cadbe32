import { type CommandPage, everyPage, wordsLine } from './command-page.ts';

/**
 * The manual of a program for \`man\`, in section 1: one page with all commands (man(7) of groff).
 * @param version - Of the program.
 */
export function manPage(program: CommandPage, version: string): string {
  const [name = ''] = program.words;
  const pages = everyPage(program).slice(1);
  return [
    `.TH ${name.toUpperCase()} 1 "" "${escaped(`${name} ${version}`)}" "User commands"`,
    '.SH NAME',
    `${escaped(name)} \\- ${line(program.summary)}`,
    '.SH SYNOPSIS',
    `.B ${escaped(name)}`,
    line(program.usage),
    '.SH OPTIONS',
    ...optionsOf(program),
    '.SH COMMANDS',
    ...pages.flatMap(sectionOf),
    '.SH NOTES',
    ...verbatim(program.notes),
    '',
  ].join('\n');
}

function sectionOf(page: CommandPage): readonly string[] {
  return [
    `.SS "${escaped(`${wordsLine(page)} ${page.usage}`.trim())}"`,
    line(page.summary),
    ...page.arguments.flatMap(({ name, summary }) => ['.TP', `.I ${escaped(name)}`, line(summary)]),
    ...optionsOf(page),
    ...verbatim(page.notes),
  ];
}

function optionsOf({ options }: CommandPage): readonly string[] {
  return options.flatMap(({ flags, summary, choices }) => {
    const listed = choices.length > 0 ? ` (${choices.join(', ')})` : '';
    return ['.TP', `.B ${escaped(flags)}`, line(`${summary}${listed}`)];
  });
}

/** Text whose lines stay as they are, such as examples. */
function verbatim(text: string): readonly string[] {
  return text === '' ? [] : ['.PP', '.nf', ...text.split('\n').map(line), '.fi'];
}

/** A line of text: a line that begins with a dot or a quote would be a request. */
function line(text: string): string {
  const safe = escaped(text);
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

/** Dashes are to be copied as they are typed; a backslash begins a request. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replaceAll('…', '...');
}
