import assert from 'node:assert/strict';
import { DEFAULT_WAITS } from './default-waits.ts';
import type { PbftFederation } from './pbft-federation.ts';

/** Waits that one block may take: those of a few views that fail. */
const WAITS_MAX = 4;

/** Decides so many blocks, one after the other, of what is given to a member that is up. */
export function decideBlocks(federation: PbftFederation, count: number, giver = 0): void {
  for (let block = 0; block < count; block++) {
    const goal = Math.max(...federation.heights) + 1;
    federation.submit(giver, `block ${goal}`);
    for (let waits = 0; waits < WAITS_MAX && federation.heights[giver] !== goal; waits++)
      federation.pass(DEFAULT_WAITS.viewTimeoutMs);
    assert.equal(federation.heights[giver], goal);
  }
}

/** The proposers of the blocks up to a height, as a member holds them. */
export function proposersOf(federation: PbftFederation, height: number, member = 0): readonly number[] {
  return Array.from({ length: height }, (_, at) => federation.block(at + 1, member).header.proposer);
}
