/** One search over what hostile hosts can bring honest keys to. */
export interface KeySearchCase {
  readonly name: string;
  /** The promise that must break because something is taken out; undefined: nothing is, and nothing may break. */
  readonly mustBreak: string | undefined;
  run(): KeySearchFound;
}

export interface KeySearchFound {
  readonly states: number;
  /** The promise that broke; undefined: none. */
  readonly broken: string | undefined;
  /** Whether every state of the case was seen. */
  readonly isClosed: boolean;
}

/** The fault that a search found in a protocol; undefined when it came out as it must. */
export function keySearchFault({ name, mustBreak, run }: KeySearchCase): string | undefined {
  const { states, broken, isClosed } = run();
  if (broken !== mustBreak) {
    const expected = mustBreak === undefined ? '' : `, and "${mustBreak}" was to break`;
    return `${name}: ${broken ?? 'nothing breaks'} (${states} states)${expected}`;
  }
  return isClosed ? undefined : `${name}: not all states were seen, ${states} were`;
}
