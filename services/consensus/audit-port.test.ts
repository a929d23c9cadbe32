import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import { auditedMemberOf, memberOf } from '#test/support/chain/membership.ts';
import { auditedIn, auditPort } from './audit-port.ts';
import type { AuditedMember } from './core/audit-heads.ts';

const ROSTER = [memberOf(0), auditedMemberOf(1)];
const HEAD: AuditHead = {
  sequence: 1n,
  hash: new Uint8Array(32),
  signature: new Uint8Array(64),
  publicKey: new Uint8Array(32),
};

describe('the audit heads of an epoch', () => {
  test('are judged by the audit key that its members name, where they name one', () => {
    const asked: AuditedMember[] = [];
    const refused: MemberIndex[] = [];
    const audit = {
      own: () => undefined,
      seen: new Map(),
      heard: (member: AuditedMember) => asked.push(member) === 1,
    };
    const port = auditPort(audit, ROSTER, (from) => refused.push(from)) ?? assert.fail();
    for (const from of [0, 1, 2]) port.heard(toMemberIndex(from), HEAD);
    const [plain, audited] = ROSTER;
    assert.deepEqual(asked, [
      { name: 'm0', publicKey: plain?.publicKey, auditKey: undefined },
      { name: 'm1', publicKey: audited?.publicKey, auditKey: audited?.keys?.[0]?.publicKey },
    ]);
    assert.deepEqual(refused, [1], 'a stranger is nobody whose head could be false');
  });

  test('of this member are judged so too, and of none while it is no member', () => {
    const own = auditedIn(ROSTER, ({ name }) => name === 'm1');
    assert.deepEqual(own?.auditKey, ROSTER[1]?.keys?.[0]?.publicKey);
    assert.equal(
      auditedIn(ROSTER, ({ name }) => name === 'm9'),
      undefined,
    );
  });
});
