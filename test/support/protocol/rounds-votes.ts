import assert from 'node:assert/strict';
import { type Epoch, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { blockNamed, said } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from './rounds-table.ts';

/** A vote for the block named by a letter, at the height of its instance. */
export function roundsVote(kind: string, instance: bigint, view: bigint, letter: string): VoteStatement {
  const block = { height: toHeight(instance), digest: blockNamed(letter) };
  return { kind, instance, view: toView(view), block, reports: [] };
}

/** A view of a height given up, with one report or none. */
export function roundsLeave(instance: bigint, view: bigint, reported?: bigint): VoteStatement {
  const reports =
    reported === undefined ? [] : [{ instance, view: toView(reported), digest: blockNamed('a') }];
  return { kind: 'leave', instance, view: toView(view), block: undefined, reports };
}

interface RoundsLieFacts {
  readonly member?: number;
  readonly instance?: bigint;
  readonly view?: bigint;
  readonly epoch?: Epoch;
  readonly sign?: (statement: VoteStatement) => Uint8Array;
}

/** Two votes of one view and height for different blocks. */
export function roundsLie({
  member = 2,
  instance = 5n,
  view = 0n,
  epoch,
  sign,
}: RoundsLieFacts = {}): Evidence {
  const [first, second] = ['a', 'b'].map((letter) => {
    const statement = roundsVote('prepare', instance, view, letter);
    return said(member, statement, sign?.(statement));
  });
  assert.ok(first !== undefined && second !== undefined);
  return evidenceOf(first, second, epoch ?? toEpoch(0n), ROUNDS_TABLE) ?? assert.fail('no contradiction');
}
