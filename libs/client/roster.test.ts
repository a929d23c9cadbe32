import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { GetValidatorsResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { auditedMemberOf, memberOf } from '#test/support/chain/membership.ts';
import { rosterFrom } from './roster.ts';

/** The answer of a member about such members. */
function told(members: readonly MemberFacts[]): GetValidatorsResponse {
  const validators = members.map(({ keys = [], ...facts }, index) => ({ index, ...facts, keys: [...keys] }));
  return { ...GetValidatorsResponse.fromPartial({}), validators };
}

test('the members that a member tells have their keys, and further ones where they have some', () => {
  const roster = [memberOf(1), auditedMemberOf(2), memberOf(3, { weight: 7n })];
  assert.deepEqual(rosterFrom(told(roster)), roster);
});

test('members that are too many, or have no gateway key, are refused', () => {
  const many = told(Array.from({ length: 513 }, () => memberOf(1)));
  const bare = told([memberOf(1, { gatewayPublicKey: new Uint8Array(0) })]);
  for (const answer of [many, bare])
    assert.throws(() => rosterFrom(answer), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
});
