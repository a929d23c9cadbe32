import type { MemberIndex } from '#libs/chain/ids.ts';
import { statementText, type WantedSignatures } from './named-signatures.ts';
import type { VoteStatement } from './vote/statement.ts';

/** Collects signatures that are wanted, each statement and each of its members once. */
export class WantedList {
  readonly #wanted = new Map<
    string,
    { readonly statement: VoteStatement; readonly members: Set<MemberIndex> }
  >();

  #names = 0;

  /** Number of statements. */
  get statements(): number {
    return this.#wanted.size;
  }

  /** Number of signatures, under all statements together. */
  get names(): number {
    return this.#names;
  }

  has(statement: VoteStatement): boolean {
    return this.#wanted.has(statementText(statement));
  }

  want(statement: VoteStatement, member: MemberIndex): void {
    const text = statementText(statement);
    const known = this.#wanted.get(text) ?? { statement, members: new Set() };
    if (!known.members.has(member)) this.#names += 1;
    known.members.add(member);
    this.#wanted.set(text, known);
  }

  /** All of them, in the order in which their statements were first wanted. */
  get all(): readonly WantedSignatures[] {
    return [...this.#wanted.values()].map(({ statement, members }) => ({
      statement,
      members: [...members].sort((a, b) => a - b),
    }));
  }
}
