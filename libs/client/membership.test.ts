import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FOUNDERS, handoverOf, NEXT, TRUST } from '#test/support/chain/handovers.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import { type ClientHandover, trustAfter, trustAt } from './membership.ts';

describe('whoever has the genesis alone', () => {
  test('FED-08 believes the next members when a quorum of the old ones signed them', async () => {
    const next = await trustAfter(TRUST, handoverOf());
    assert.ok(next.ok);
    assert.equal(next.trust.validators.epoch, 1n);
    assert.deepEqual(
      next.trust.validators.members.map(({ name }) => name),
      ['m0', 'm1', 'm2', 'm9'],
    );
  });

  test('FED-08 follows the members through all changes', async () => {
    const third = rosterOf(4, 20);
    const handovers = [
      handoverOf(),
      handoverOf({ epoch: 2n, roster: third, signers: NEXT, signed: [0, 2, 3] }),
    ];
    const followed = await trustAt(TRUST, 2n, async (epoch) => handovers[Number(epoch) - 1] ?? assert.fail());
    assert.ok(followed.ok);
    assert.deepEqual(
      followed.trust.validators.members.map(({ name }) => name),
      ['m20', 'm21', 'm22', 'm23'],
    );
    const stay = await trustAt(TRUST, 0n, async () => assert.fail('nothing to ask'));
    assert.ok(stay.ok && stay.trust === TRUST);
  });

  const REFUSED: readonly (readonly [string, ClientHandover, RegExp])[] = [
    ['signed by less than a quorum', handoverOf({ signed: [0, 1] }), /below quorum/],
    ['signed by the new members', handoverOf({ signers: rosterOf(4, 9) }), /signature does not hold/],
    ['of another federation', handoverOf({ chain: 'd'.repeat(64) }), /no handover to the next epoch/],
    [
      'of an epoch that is skipped',
      handoverOf({ epoch: 2n, signers: FOUNDERS }),
      /no handover to the next epoch/,
    ],
    ['without members', handoverOf({ roster: [] }), /no handover to the next epoch/],
    [
      'that does not begin its block',
      handoverOf({ before: [Buffer.from('first')] }),
      /not the first transaction/,
    ],
    [
      'that is not in its block',
      { ...handoverOf(), handover: handoverOf({ roster: FOUNDERS }).handover },
      /not the first/,
    ],
    [
      'of bytes that are none',
      { ...handoverOf(), handover: Buffer.from('btcfed/handover/v1') },
      /no handover/,
    ],
  ];
  for (const [name, handover, fault] of REFUSED) {
    test(`FED-08 does not believe a handover ${name}`, async () => {
      const verdict = await trustAfter(TRUST, handover);
      assert.match(verdict.ok ? 'believed' : verdict.fault, fault);
    });
  }
});
