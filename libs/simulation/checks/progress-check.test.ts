import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Digest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { SharedJudge } from '../chain/shared-judge.ts';
import { Findings } from './findings.ts';
import { ProgressCheck } from './progress-check.ts';

const GST_MS = 1_000;
const RECOVERY_MS = 60_000;
const TRANSACTION = transactionOf(Buffer.from('alice pays bob'));
const GENESIS = new SharedJudge(hotStuffFollows).genesis;

interface Shape {
  /** Heights of each member, when the faults end and afterwards. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Members whose chain has the transaction at the end. */
  readonly holders?: readonly number[];
  readonly isSettled?: boolean;
}

/** The findings about a world in this state, after the end of the faults and again when its time is up. */
function reported({ before, after, holders = [0, 1, 2], isSettled = true }: Shape): readonly string[] {
  const findings = new Findings({ steps: 0, nowMs: 0 });
  const disks = before.map((height) => ({
    height,
    chain: [] as Digest[],
    top: GENESIS,
  }));
  const world = {
    core: disks.map((disk, instance) => ({ instance, disk })),
    clients: { submitted: [TRANSACTION] },
    isOpen: true,
    isSettled,
  };
  const check = new ProgressCheck(findings, world, { gstMs: GST_MS, whole: undefined });
  assert.equal(check.isOver(GST_MS), false);
  for (const [at, disk] of disks.entries()) {
    disk.height = after[at] ?? 0;
    const transactions = GENESIS.transactions.with(holders.includes(at) ? [TRANSACTION.hash] : []);
    disk.top = { ...GENESIS, transactions };
  }
  check.isOver(GST_MS + RECOVERY_MS);
  return findings.violations.map(({ invariant }) => invariant);
}

describe('progress once the faults ended', () => {
  test('is well when all have five blocks more than the highest had, and the transaction', () => {
    assert.deepEqual(reported({ before: [3, 7, 1], after: [12, 12, 12] }), []);
  });

  test('V1: a federation that does not go on is reported', () => {
    assert.deepEqual(reported({ before: [3, 7, 1], after: [11, 11, 11] }), ['V1']);
  });

  test('V4: a member that stays behind while others go on is reported, and members that were voted for and do not come', () => {
    assert.deepEqual(reported({ before: [3, 7, 1], after: [12, 12, 11] }), ['V4']);
    assert.deepEqual(reported({ before: [3, 7, 1], after: [12, 12, 12], isSettled: false }), ['V4']);
  });

  test('V3: a transaction that one chain does not have is reported', () => {
    assert.deepEqual(reported({ before: [3, 7, 1], after: [12, 12, 12], holders: [0, 1] }), ['V3']);
  });
});
