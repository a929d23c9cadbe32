import type { MemberIndex } from '#libs/chain/ids.ts';
import { statementText, type WantedSignatures } from './named-signatures.ts';
import type { VoteStatement } from './vote/statement.ts';

/** Collects signatures that are wanted, each statement and each of its members once. */
export class WantedList {
  readonly #wanted = new Map<
    string,
    { readonly statement: VoteStatement; readonly members: Set<MemberIndex> }
  >();

  want(statement: VoteStatement, member: MemberIndex): void {
    const text = statementText(statement);
    const known = this.#wanted.get(text) ?? { statement, members: new Set() };
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
