import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { GetValidatorsResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { auditedMemberOf, memberOf } from '#test/support/chain/membership.ts';
import { auditKeysFrom } from './audit-keys.ts';

/** The answer of a member about such members. */
function told(members: readonly MemberFacts[]): GetValidatorsResponse {
  const validators = members.map(({ keys = [], ...facts }, index) => ({ index, ...facts, keys: [...keys] }));
  return { ...GetValidatorsResponse.fromPartial({}), validators };
}

test('the audit keys that a member tells are those of members that have one', () => {
  const audited = auditedMemberOf(2);
  const vrf = { purpose: 3, scheme: 'x', publicKey: Uint8Array.of(1), proof: Uint8Array.of(2) };
  const validators = [
    memberOf(1),
    { ...audited, keys: [vrf, ...(audited.keys ?? [])] },
    { ...memberOf(3), keys: [vrf] },
  ];
  const answer = told(validators);
  assert.deepEqual([...auditKeysFrom(answer)], [['m2', audited.keys?.[0]?.publicKey]]);
  const many = told(Array.from({ length: 513 }, () => memberOf(1)));
  assert.throws(() => auditKeysFrom(many), { detail: { code: 'CLIENT_ANSWER_INVALID' } });
});
