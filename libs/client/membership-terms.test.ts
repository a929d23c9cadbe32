import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EpochTerms, GetMembershipResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { membershipFrom } from './membership.ts';

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

  test('are unknown from a member that is too old to tell them', () => {
    assert.equal(termsIn(), undefined);
  });

  const REFUSED: readonly (readonly [string, EpochTerms])[] = [
    ['a protocol of too long a name', { protocol: 'x'.repeat(65), parameters: [] }],
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
