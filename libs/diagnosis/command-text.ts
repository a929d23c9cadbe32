import type { NextCommand } from './next-command.ts';

/** How the person named the member. */
export interface TypedPlace {
  /** Undefined where it was not named by its home. */
  readonly home: string | undefined;
  /** The options that name it to a client, as they were typed. */
  readonly client: readonly string[];
}

/** Stands for the home of a member that was not named by it: only its operator knows that folder. */
export const UNKNOWN_HOME = 'HOME';

/** Characters that mean nothing to a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** The command as it is typed into a shell. */
export function commandText({ words, place }: NextCommand, typed: TypedPlace): string {
  return ['btcfed', ...words, ...optionsOf(place, typed)].map(quoted).join(' ');
}

function optionsOf(place: NextCommand['place'], { home, client }: TypedPlace): readonly string[] {
  switch (place) {
    case 'complete':
      return [];
    case 'home':
      return ['--home', home ?? UNKNOWN_HOME];
    case 'member':
      return home === undefined ? client : ['--home', home, ...client];
  }
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
