import fc from 'fast-check';
import { type Digest, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';

/** A digest that is told apart by one letter. */
export function blockNamed(letter: string): Digest {
  return toDigest(letter.repeat(64));
}

export function said(
  member: number,
  statement: VoteStatement,
  signature: Uint8Array = Uint8Array.of(1),
): Claim {
  return { member: toMemberIndex(member), statement, signature };
}

/** A proposal or a vote for the block named by a letter, of height 1. */
export function spoke(kind: 'proposal' | Phase, view: number, letter: string, height = 1): VoteStatement {
  return blockStatement(kind, toView(BigInt(view)), {
    height: toHeight(BigInt(height)),
    digest: blockNamed(letter),
  });
}

/** A timeout of `view` that reports a prepare certificate of `highView` for the block named by a letter. */
export function gaveUp(view: number, highView: number, letter = 'a'): VoteStatement {
  return timeoutStatement(toView(BigInt(view)), {
    view: toView(BigInt(highView)),
    digest: blockNamed(letter),
  });
}

const smallView = fc.nat({ max: 4 });
const letter = fc.constantFrom('a', 'b');

/** Statements of few views and blocks, so that many pairs of them meet in one slot. */
export const anyStatement: fc.Arbitrary<VoteStatement> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('proposal' as const, 'prepare' as const, 'pre-commit' as const, 'commit' as const),
      smallView,
      letter,
      fc.constantFrom(1, 2),
    )
    .map((fields) => spoke(...fields)),
  fc.tuple(smallView, smallView, letter).map((fields) => gaveUp(...fields)),
);

export const anyClaim: fc.Arbitrary<Claim> = fc
  .tuple(fc.nat({ max: 2 }), anyStatement, fc.uint8Array({ minLength: 1, maxLength: 9 }))
  .map((fields) => said(...fields));
