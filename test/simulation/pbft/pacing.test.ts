import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  VIEW_SAMPLES_MIN,
  VIEW_TIMEOUT_PER_VIEW,
  VIEW_TIMEOUT_SHRINK_MAX,
} from '#libs/engine/timing/timing-limits.ts';
import { decideBlocks } from './decide-blocks.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftFederation } from './pbft-federation.ts';
import { isVoteOf } from './pbft-post.ts';

const { viewTimeoutMs: WAIT_MS, viewTimeoutMsMax: CAP_MS } = DEFAULT_WAITS;
/** Before anything is repeated, and longer than the genesis thought a view would take. */
const SLOW_MS = 700;

/** Decides blocks whose deciding votes are on their way for so long. */
function decideSlowly(federation: PbftFederation, count: number, tookMs: number): void {
  for (let block = 0; block < count; block++) {
    const held = federation.post.holdBack((carried) => isVoteOf(carried, 'commit'));
    federation.submit(0, `slow ${block}`);
    federation.pass(tookMs);
    federation.post.carryAll();
    for (const carried of held) federation.deliver(carried);
  }
}

/** How long members wait in view 0 of the next height, whose proposer is dead, until all have left it. */
function waitsOfNext(federation: PbftFederation): readonly number[] {
  const height = federation.heights[0]! + 1;
  const proposer = (height - 1) % federation.heights.length;
  federation.crash(proposer);
  const startMs = federation.nowMs;
  federation.submit((proposer + 1) % federation.heights.length, 'nobody proposes it');
  federation.pass(CAP_MS);
  const left = federation.seen.entered.filter((each) => each.instance === BigInt(height) && each.view === 1n);
  assert.equal(left.length, federation.heights.length - 1);
  return [...new Set(left.map(({ atMs }) => atMs - startMs))];
}

describe('the waits of PBFT are paced by measuring (RULES.md C.5.6)', () => {
  test('the genesis says them until enough views were measured', () => {
    const federation = new PbftFederation(4);
    decideSlowly(federation, VIEW_SAMPLES_MIN - 1, SLOW_MS);
    assert.deepEqual(waitsOfNext(federation), [WAIT_MS]);
  });

  test('they follow views that became slower', () => {
    const federation = new PbftFederation(4);
    decideSlowly(federation, VIEW_SAMPLES_MIN, SLOW_MS);
    assert.deepEqual(waitsOfNext(federation), [VIEW_TIMEOUT_PER_VIEW * SLOW_MS]);
  });

  test('they fall to half of what the genesis says where views are fast, and no further', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, VIEW_SAMPLES_MIN);
    assert.deepEqual(waitsOfNext(federation), [WAIT_MS / VIEW_TIMEOUT_SHRINK_MAX]);
  });

  test('TW-2.7.3: where messages take 800 ms, and the genesis allows a second, views fail in the first blocks and in no other', () => {
    const federation = new PbftFederation(4, { ...DEFAULT_WAITS, viewTimeoutMs: 1_000 });
    federation.messageMs = 800;
    const failedIn = (blocks: number): number => {
      const before = federation.seen.entered.length;
      decideBlocks(federation, blocks);
      federation.pass(5 * 800);
      return federation.seen.entered.slice(before).filter(({ view }) => view > 0n).length;
    };
    assert.ok(failedIn(VIEW_SAMPLES_MIN) > 0);
    assert.equal(failedIn(12), 0);
  });

  test('rest between blocks is no part of a view', () => {
    const federation = new PbftFederation(4);
    for (let block = 0; block < VIEW_SAMPLES_MIN; block++) {
      decideBlocks(federation, 1);
      federation.pass(CAP_MS);
    }
    assert.deepEqual(waitsOfNext(federation), [WAIT_MS / VIEW_TIMEOUT_SHRINK_MAX]);
  });
});
