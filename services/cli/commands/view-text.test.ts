import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GetStatusResponse, type ViewTally } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { viewText, votesText } from './view-text.ts';

const TALLY: ViewTally = {
  ...{ height: 9n, view: 2n, proposalSeen: true, needed: 3, neededWeight: 3n, votesToAll: true },
  steps: [
    { step: 'prepare', members: 3, weight: 3n, blockWeight: 3n },
    { step: 'commit', members: 1, weight: 1n, blockWeight: 1n },
  ],
  ...{ leaving: 0, leavingWeight: 0n },
};
const STATUS: GetStatusResponse = {
  ...GetStatusResponse.fromPartial({ header: { view: 2n }, leader: 3, phase: 'commit' }),
  tally: TALLY,
};

describe('TW-2.9.4 the view of a member in words', () => {
  test('has height, view, leader and phase, and the votes beside those that decide', () => {
    assert.equal(viewText(STATUS), '2 of height 9, led by member 3, phase commit');
    assert.equal(votesText(STATUS), 'proposal seen; prepare 3, commit 1; 3 needed; 0 to leave the view');
  });

  test('has weights where they differ', () => {
    const steps = [{ step: 'prepare', members: 2, weight: 5n, blockWeight: 5n }];
    const tally = { ...TALLY, steps, needed: undefined, neededWeight: 7n, leaving: 1, leavingWeight: 4n };
    assert.equal(
      votesText({ ...STATUS, tally }),
      'proposal seen; prepare 2 (weight 5); weight 7 needed; 1 (weight 4) to leave the view',
    );
  });

  test('says when votes are for several blocks, and when the leader alone counts them', () => {
    const steps = [{ step: 'prepare', members: 3, weight: 3n, blockWeight: 2n }];
    const tally = { ...TALLY, proposalSeen: false, steps, votesToAll: false };
    assert.equal(
      votesText({ ...STATUS, tally }),
      'no proposal seen; prepare 3 for several blocks, at most weight 2 for one; 3 needed; 0 to leave the view; votes go to the leader alone',
    );
  });

  test('is told without what a member of an older version does not tell', () => {
    const older = { ...STATUS, tally: undefined };
    assert.equal(viewText(older), '2, led by member 3, phase commit');
    assert.match(votesText(older), /^not told/);
  });
});
