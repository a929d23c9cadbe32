import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { nameOfGateway } from './gateway-names.ts';

test('F-44: a key of a gateway has the name of a member, of one that joins, or of one of the epoch before', () => {
  const book = {
    current: {
      epoch: toEpoch(3n),
      roster: rosterOf(2),
      ballots: [{ change: { join: [memberOf(7)] } }],
    },
    epoch: (epoch: bigint) => (epoch === 2n ? { roster: [memberOf(5)] } : undefined),
  };
  const names = [0, 1, 7, 5, 9].map((number) => nameOfGateway(book, memberOf(number).gatewayPublicKey));
  assert.deepEqual(names, ['m0', 'm1', 'm7', 'm5', '']);
});

test('F-44: in the first epoch there is none before it', () => {
  const book = {
    current: { epoch: toEpoch(0n), roster: rosterOf(1), ballots: [] },
    epoch: () => assert.fail('asked for an epoch before the first'),
  };
  assert.equal(nameOfGateway(book, memberOf(1).gatewayPublicKey), '');
});
