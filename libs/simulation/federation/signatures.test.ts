import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { SignatureAuthority } from './signatures.ts';

const SCOPE = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
const BLOCK = { height: toHeight(2n), digest: toDigest('a'.repeat(64)) };
const VOTE: VoteStatement = blockStatement('prepare', toView(3n), BLOCK);

describe('an abstract signature', () => {
  const authority = new SignatureAuthority('secret', HOTSTUFF_TABLE, SCOPE);
  const member = toMemberIndex(1);
  const signature = authority.signerOf(member)(VOTE);

  test('holds for its member and its statement', () => {
    assert.ok(authority.verify({ member, statement: VOTE, signature }));
  });

  for (const [name, change] of [
    ['phase', { kind: 'commit' }],
    ['view', { view: toView(4n) }],
    ['height', { block: { ...BLOCK, height: toHeight(3n) } }],
    ['block', { block: { ...BLOCK, digest: toDigest('b'.repeat(64)) } }],
  ] as const) {
    test(`does not hold for another ${name}`, () => {
      assert.equal(authority.verify({ member, statement: { ...VOTE, ...change }, signature }), false);
    });
  }

  test('does not hold for another member, nor in another world or chain', () => {
    assert.equal(authority.verify({ member: toMemberIndex(2), statement: VOTE, signature }), false);
    const claim = { member, statement: VOTE, signature };
    assert.equal(new SignatureAuthority('other', HOTSTUFF_TABLE, SCOPE).verify(claim), false);
    const elsewhere = { ...SCOPE, chain: toDigest('d'.repeat(64)) };
    assert.equal(new SignatureAuthority('secret', HOTSTUFF_TABLE, elsewhere).verify(claim), false);
  });

  test('cannot be guessed by its length', () => {
    assert.equal(authority.verify({ member, statement: VOTE, signature: new Uint8Array(32) }), false);
    assert.equal(authority.verify({ member, statement: VOTE, signature: new Uint8Array() }), false);
  });
});
