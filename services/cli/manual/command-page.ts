/** The kind of value that an option or an argument takes, as far as a shell can offer one. */
export type ValueKind = 'none' | 'choice' | 'file' | 'folder' | 'text';

export interface OptionPage {
  /** As they are typed: `-h`, `--help`. */
  readonly names: readonly string[];
  /** With the place of its value: `-h, --help` or `--home <dir>`. */
  readonly flags: string;
  readonly summary: string;
  readonly value: ValueKind;
  /** All values of a choice; empty for every other kind. */
  readonly choices: readonly string[];
}

export interface ArgumentPage {
  readonly name: string;
  readonly summary: string;
  readonly value: ValueKind;
  readonly choices: readonly string[];
}

/** All that the help of a command says, for completion and the man page. */
export interface CommandPage {
  /** `btcfed`, `tx`, `submit`. */
  readonly words: readonly string[];
  /** The usage behind the words: `[options] <file>`. */
  readonly usage: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentPage[];
  readonly options: readonly OptionPage[];
  readonly commands: readonly CommandPage[];
  /** The text behind the options: examples, mostly. */
  readonly notes: string;
}

/** A page and all below it, each before its own. */
export function everyPage(page: CommandPage): readonly CommandPage[] {
  return [page, ...page.commands.flatMap(everyPage)];
}

/** The words of a page in one line. */
export function wordsLine({ words }: Pick<CommandPage, 'words'>): string {
  return words.join(' ');
}
