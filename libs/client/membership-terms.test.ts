import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EpochTerms, GetMembershipResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { handoverOf, TRUST } from '#test/support/chain/handovers.ts';
import { auditedMemberOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { membershipFrom, trustAfter } from './membership.ts';

const policy = { membersMin: 4, membersMax: 512, step: 1, growthMax: 512, epochBlocksMin: 1 };

function termsIn(terms?: EpochTerms) {
  return membershipFrom(GetMembershipResponse.fromPartial({ policy, ...(terms && { terms }) })).terms;
}

const number = (name: string, value = 1n) => ({ name, value });

describe('the terms of an epoch, as a member tells them', () => {
  test('are read by name', () => {
    const parameters = [number('a', 4_000n), number('b_max', 0n)];
    assert.deepEqual(termsIn({ protocol: 'example', parameters }), {
      protocol: 'example',
      parameters: { a: 4_000, b_max: 0 },
    });
  });

  test('take the longest name of a protocol', () => {
    const protocol = 'x'.repeat(32);
    assert.equal(termsIn({ protocol, parameters: [] })?.protocol, protocol);
  });

  test('are unknown from a member that is too old to tell them', () => {
    assert.equal(termsIn(), undefined);
  });

  const REFUSED: readonly (readonly [string, EpochTerms])[] = [
    ['a protocol of too long a name', { protocol: 'x'.repeat(33), parameters: [] }],
    ['a protocol of a name of too many bytes', { protocol: 'é'.repeat(17), parameters: [] }],
    ['a name that is none', { protocol: 'example', parameters: [number('__proto__')] }],
    ['a number that is too large', { protocol: 'example', parameters: [number('a', 2n ** 53n)] }],
    [
      'too many numbers',
      { protocol: 'example', parameters: Array.from({ length: 65 }, (_, at) => number(`n${at}`)) },
    ],
  ];
  for (const [name, terms] of REFUSED) {
    test(`are refused with ${name}`, () => {
      assert.throws(() => termsIn(terms), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
    });
  }
});

describe('a handover with new terms', () => {
  const base = { needs: '0.2.0', others: [] };
  const faultOf = async (terms: Parameters<typeof handoverOf>[0]) => {
    const verdict = await trustAfter(TRUST, handoverOf(terms));
    return verdict.ok ? 'none' : verdict.fault;
  };

  test('is followed when it names numbers, or the protocol that is known', async () => {
    const protocol = { id: TRUST.votes.protocol, version: 1 };
    assert.equal(await faultOf({ terms: { ...base, parameters: { view_timeout_ms: 200 } } }), 'none');
    assert.equal(await faultOf({ terms: { ...base, protocol } }), 'none');
  });

  test('is not followed into a protocol, a section or a version that is unknown', async () => {
    const protocol = { id: 'example', version: 1 };
    const others = [{ tag: 9, content: Uint8Array.of(1) }];
    assert.match(await faultOf({ terms: { ...base, protocol, parameters: {} } }), /protocol "example"/);
    assert.match(await faultOf({ terms: { ...base, others } }), /section 9, for which/);
    assert.match(await faultOf({ terms: { needs: '9.1.0', others } }), /needs btcfed 9\.1\.0 or later/);
  });

  test('is followed with audit keys, and not with keys of a purpose that is unknown', async () => {
    assert.equal(await faultOf({ roster: [...rosterOf(3), auditedMemberOf(9)] }), 'none');
    const later = { purpose: 9, scheme: 'x', publicKey: Uint8Array.of(1), proof: Uint8Array.of(2) };
    const roster = [...rosterOf(3), memberOf(9, { keys: [{ ...later, needs: '9.1.0' }] })];
    assert.match(await faultOf({ roster }), /purpose 9 key of m9: it needs btcfed 9\.1\.0 or later/);
  });
});
