import { type CommandPage, everyPage, type OptionPage, type ValueKind, wordsLine } from './command-page.ts';

/** An option behind the command that takes it: the value that a shell may offer next. */
export interface ValueCase {
  /** `btcfed signer init --scheme`. */
  readonly line: string;
  readonly value: ValueKind;
  readonly choices: readonly string[];
}

/** Every command below the program, as a line of its words. */
export function commandLines(program: CommandPage): readonly string[] {
  return everyPage(program).slice(1).map(wordsLine);
}

/** The options that take a value, in every command. */
export function valueCases(program: CommandPage): readonly ValueCase[] {
  return everyPage(program).flatMap((page) =>
    page.options
      .filter(takesValue)
      .flatMap(({ names, value, choices }) =>
        names.map((name) => ({ line: `${wordsLine(page)} ${name}`, value, choices })),
      ),
  );
}

function takesValue({ value }: OptionPage): boolean {
  return value !== 'none';
}

/** Text between single quotes, for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The first sentence, in one line: a list of suggestions has no room for more. */
export function brief(summary: string): string {
  const [first = ''] = summary.replaceAll(/\s+/g, ' ').split(/[:;] |\. /);
  return first.trim();
}
