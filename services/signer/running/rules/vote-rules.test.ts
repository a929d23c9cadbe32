import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toHeight } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';
import { CHAIN, CONTEXT } from '#test/support/signer/custody-world.ts';
import { wantedVoteFault } from './vote-rules.ts';

test('where each height is decided on its own, the height below the open one is proved, and a vote may be good from there on', () => {
  const epoch = toEpoch(0n);
  const decided = VOTE_BLOCKS_MAX + 5_000n;
  const state = virginState({ chain: CHAIN, protocol: NULL_TABLE.protocol, epoch });
  const faultAt = (openFrom: bigint, goodUntil: bigint) => {
    const custodian = new Custodian({ ...CONTEXT, table: NULL_TABLE }, { ...state, openFrom });
    const change = { chain: CHAIN, epoch, leave: ['m1'], join: [] };
    return wantedVoteFault(custodian, { change, goodUntil: toHeight(goodUntil), asker: 'operator' })?.reason;
  };
  assert.equal(faultAt(decided + 1n, decided + 1n), undefined);
  assert.equal(faultAt(decided + 1n, decided + VOTE_BLOCKS_MAX), undefined);
  assert.equal(faultAt(decided + 1n, decided + VOTE_BLOCKS_MAX + 1n), 'VOTE_TERM');
  assert.equal(faultAt(decided + 1n, decided), 'VOTE_TERM');
  assert.equal(faultAt(0n, decided), 'VOTE_TERM');
});
