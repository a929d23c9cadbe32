import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { Federation, signatureOf, transactionsOf } from '#test/support/engine/engine-federation.ts';

const LATE = toMemberIndex(1);

/** The votes that a member signed for blocks, without its timeouts. */
function votesOf({ signed }: Federation, member: MemberIndex): readonly unknown[] {
  return signed.filter((each) => each.member === member && each.statement.kind !== 'timeout');
}

/** A federation in which one member missed many blocks. */
function withLateMember(): Federation {
  const federation = new Federation(4);
  federation.away.add(LATE);
  for (let i = 0; i < 40; i++) {
    federation.submit(0, `transaction ${i}`);
    federation.pass(5_000);
  }
  return federation;
}

describe('a member that was away', () => {
  test('HS-33 votes for nothing while it lacks blocks, and votes once it holds them (RULES.md A.45)', () => {
    const federation = withLateMember();
    federation.tamper = (_, sent) =>
      sent.body.kind === 'blocks-response' || sent.body.kind === 'block-response' ? [] : [sent];
    const before = votesOf(federation, LATE).length;
    federation.comeBack(LATE);
    for (let i = 0; i < 6; i++) {
      federation.submit(0, `meanwhile ${i}`);
      federation.pass(2_000);
    }
    const late = federation.members[LATE]!;
    assert.equal(late.chain.tip().header.height, 0n);
    assert.equal(votesOf(federation, LATE).length, before);
    assert.ok((late.node.status().catchUp.targetHeight ?? 0n) > 40n);

    federation.tamper = (_, sent) => [sent];
    federation.pass(60_000);
    assert.deepEqual(transactionsOf(late), transactionsOf(federation.members[0]!));
    assert.equal(late.node.status().catchUp.targetHeight, undefined);
    federation.away.add(toMemberIndex(2));
    federation.submit(0, 'needs the late member');
    federation.pass(30_000);
    assert.ok(votesOf(federation, LATE).length > before);
    assert.equal(transactionsOf(late).at(-1), 'needs the late member');
  });

  test('takes its own old signatures in certificates for its own', () => {
    const federation = withLateMember();
    federation.comeBack(LATE);
    federation.pass(60_000);
    for (const { refused } of federation.members) {
      assert.ok(!refused.some((reason) => reason.includes('halted')), refused.join());
    }
  });

  test('BYZ-29 leaves out a member whose blocks are not those of the certificate, and says which', () => {
    const federation = withLateMember();
    federation.tamper = (from, sent) => {
      if (from !== 0 || sent.body.kind !== 'blocks-response' || sent.body.range === undefined) return [sent];
      const { blocks } = sent.body.range;
      return [
        { ...sent, body: { ...sent.body, range: { ...sent.body.range, blocks: blocks.toReversed() } } },
      ];
    };
    federation.comeBack(LATE);
    federation.pass(60_000);
    const late = federation.members[LATE]!;
    assert.deepEqual(transactionsOf(late), transactionsOf(federation.members[0]!));
    assert.ok(late.refused.includes('invalid block of another height'));
  });
});

describe('the key of a member', () => {
  const ME = toMemberIndex(3);
  const view = toView(50n);
  const height = toHeight(7n);
  const digest = toDigest('ab'.repeat(32));
  const certificateBy = (...signers: readonly number[]): QuorumCertificate => ({
    kind: 'commit',
    instance: 0n,
    view,
    height,
    digest,
    signatures: signers.map((signer) => {
      const member = toMemberIndex(signer);
      return { member, signature: signatureOf(member, blockStatement('commit', view, { height, digest })) };
    }),
  });

  test('A.32 in a certificate of a view that the member has not reached halts it: it votes no more', () => {
    const federation = new Federation(4);
    federation.send(toMemberIndex(0), {
      to: ME,
      body: { kind: 'certificate', certificate: certificateBy(1, 2, 3) },
    });
    federation.settle();
    const { refused } = federation.members[ME]!;
    assert.match(refused.join(), /halted: a signature with the key of this member for view 50 .* view 1/);
    const before = federation.signed.filter(({ member }) => member === ME).length;
    federation.submit(0, 'after the alarm');
    federation.pass(30_000);
    assert.equal(federation.signed.filter(({ member }) => member === ME).length, before);
    assert.deepEqual(transactionsOf(federation.members[0]!), ['after the alarm'], 'the others go on');
  });

  test('raises no alarm when others alone signed, nor when the signature is false', () => {
    for (const certificate of [certificateBy(0, 1, 2), forgedBy(certificateBy(1, 2, 3))]) {
      const federation = new Federation(4);
      federation.send(toMemberIndex(0), { to: ME, body: { kind: 'certificate', certificate } });
      federation.settle();
      assert.ok(!federation.members[ME]!.refused.some((reason) => reason.includes('halted')));
    }
  });

  function forgedBy({ signatures, ...certificate }: QuorumCertificate): QuorumCertificate {
    return {
      ...certificate,
      signatures: signatures.map((each) => ({ ...each, signature: each.signature.toReversed() })),
    };
  }
});
