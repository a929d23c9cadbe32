import fc from 'fast-check';
import { toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { contradiction, isSameStatement, positionOf } from '#libs/protocol/evidence.ts';
import type { Contradiction, EvidenceCollector } from '#libs/protocol/evidence-collector.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { CollectorLimits } from '#libs/protocol/limits.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { anyStatement, said } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from './rounds-table.ts';
import { roundsLeave, roundsVote } from './rounds-votes.ts';

/** A protocol, and statements of few positions and blocks in it, so that many contradict each other. */
export interface Language {
  readonly table: VoteTable;
  readonly statement: fc.Arbitrary<VoteStatement>;
  /** The positions that a member passes, in their order. */
  readonly position: fc.Arbitrary<Position>;
}

const small = fc.bigInt({ min: 0n, max: 4n });
const instance = fc.bigInt({ min: 5n, max: 8n });
const letter = fc.constantFrom('a', 'b', 'c');

export const LANGUAGES: Readonly<Record<string, Language>> = {
  'views across heights': {
    table: HOTSTUFF_TABLE,
    statement: anyStatement,
    position: small.map((view) => ({ instance: 0n, view: toView(view) })),
  },
  'views in each height': {
    table: ROUNDS_TABLE,
    statement: fc.oneof(
      fc
        .tuple(fc.constantFrom('proposal', 'prepare', 'reject', 'commit'), instance, small, letter)
        .map((fields) => roundsVote(...fields)),
      fc.tuple(instance, small, fc.option(small, { nil: undefined })).map((fields) => roundsLeave(...fields)),
    ),
    position: fc.tuple(instance, small).map(([of, view]) => ({ instance: of, view: toView(view) })),
  },
};

/** Claims of members 0 to 2. */
export function claimIn({ statement }: Language): fc.Arbitrary<Claim> {
  const signature = fc.uint8Array({ minLength: 1, maxLength: 9 });
  return fc
    .tuple(fc.nat({ max: 2 }), statement, signature)
    .map(([member, said_, bytes]) => said(member, said_, bytes));
}

/** The name of what two claims prove. */
export function lieOf(a: Claim, b: Claim, table: VoteTable): string | undefined {
  const kind = contradiction(a, b, table);
  const at = positionOf({ first: a, second: b });
  return kind && `${a.member} ${kind} ${at.instance}/${at.view}`;
}

/** The lies that a collector tells as proved, of these claims in this order. */
export function provedBy(
  collector: EvidenceCollector,
  claims: readonly Claim[],
  table: VoteTable,
): readonly string[] {
  return claims.flatMap((claim) => provedIn(collector.take(claim, true), table));
}

/** The lie that a find proves; nothing when there is none, or signatures are still to be verified. */
export function provedIn(found: Contradiction | undefined, table: VoteTable): readonly string[] {
  if (found === undefined || found.unverified.length > 0) return [];
  return [lieOf(...found.claims, table) ?? 'no contradiction'];
}

/** The members that lies are of, each once. */
export function liarsOf(lies: Iterable<string>): readonly string[] {
  return [...new Set([...lies].map((lie) => lie.split(' ')[0] ?? ''))].sort();
}

type WindowLimits = Pick<CollectorLimits, 'viewsBack' | 'viewsAhead' | 'instancesBack'>;

/**
 * A detector that forgets nothing and compares everything within the window: all findings that there are, by the words of
 * `CollectorLimits` and without the code of the one under test.
 */
export class PlainDetector {
  readonly #table: VoteTable;
  readonly #limits: WindowLimits;
  readonly #passed: Position[];
  readonly #claims: Claim[] = [];
  readonly lies = new Set<string>();

  constructor(table: VoteTable, limits: WindowLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#passed = [{ instance: 0n, view: table.firstView }];
  }

  advance(position: Position): void {
    if (comparePositions(position, this.#at) > 0) this.#passed.push(position);
  }

  take(claim: Claim): void {
    if (!this.#has(claim.statement)) return;
    for (const earlier of this.#claims) {
      const lie = this.#has(earlier.statement) ? lieOf(earlier, claim, this.#table) : undefined;
      if (lie !== undefined) this.lies.add(lie);
    }
    const isNew = !this.#claims.some(
      (each) => each.member === claim.member && isSameStatement(each.statement, claim.statement),
    );
    if (isNew) this.#claims.push(claim);
  }

  get #at(): Position {
    return this.#passed.at(-1) ?? { instance: 0n, view: this.#table.firstView };
  }

  #has({ instance: of, view }: Position): boolean {
    const middle = this.#middleOf(of);
    const { viewsBack, viewsAhead } = this.#limits;
    return middle !== undefined && view >= middle - viewsBack && view <= middle + viewsAhead;
  }

  #middleOf(of: bigint): bigint | undefined {
    const back = this.#table.instances === 'one' ? 0n : this.#limits.instancesBack;
    const ahead = this.#table.instances === 'one' ? 0n : 1n;
    const { instance: here } = this.#at;
    if (of < here - back || of > here + ahead) return undefined;
    return this.#passed.findLast((each) => each.instance === of)?.view ?? this.#table.firstView;
  }
}
