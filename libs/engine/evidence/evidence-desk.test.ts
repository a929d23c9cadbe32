import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { isFor } from '#libs/chain/system-transactions.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import { decodeEvidence, encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import { gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import { Federation, SCOPE, type Sent } from '#test/support/engine/engine-federation.ts';
import {
  doubleVote,
  evidenceIn,
  found,
  LIAR,
  lieOf,
  notice,
  work,
} from '#test/support/engine/engine-lies.ts';
import { votesFor } from '#test/support/engine/planted-transaction.ts';
import { bodyOf } from '#test/support/hotstuff/sealed.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';
import { RESERVED } from '../ports/submission.ts';
import { EVIDENCE_PER_SECOND_MAX } from './evidence-limits.ts';

describe('evidence from another member', () => {
  test('HS-57: is believed, said once by each, and final in a block once', () => {
    const federation = new Federation(4);
    federation.send(toMemberIndex(0), notice(doubleVote(1)));
    federation.settle();
    federation.pass(1_000);
    for (const member of federation.members) assert.deepEqual(found(member), [[LIAR, 'double-vote']]);
    for (const member of federation.members) assert.equal(evidenceIn(member), 1);
    assert.equal(federation.sent.filter((kind) => kind === 'evidence').length, 1 + federation.members.length);
    assert.deepEqual(
      federation.members.flatMap(({ refused }) => refused.filter((each) => each.includes('evidence'))),
      [],
    );
  });

  test('is final once, although two members hold it with other signatures', () => {
    const federation = new Federation(4);
    federation.anySignature = true;
    const again = { ...doubleVote(1), first: { ...doubleVote(1).first, signature: Uint8Array.of(7) } };
    const to = (member: number, evidence: Evidence): Sent => ({
      ...notice(evidence),
      to: toMemberIndex(member),
    });
    federation.send(toMemberIndex(0), to(1, doubleVote(1)));
    federation.send(toMemberIndex(0), to(3, again));
    federation.settle();
    federation.pass(30_000);
    for (const member of federation.members) assert.equal(found(member).length, 1);
    for (const member of federation.members) assert.equal(evidenceIn(member), 1);
    for (const { node } of federation.members) assert.equal(node.status().waiting, 0);
  });

  test('BYZ-28: goes no further when there is enough against the member', () => {
    const federation = new Federation(4);
    for (const member of federation.members) member.isFull = true;
    federation.send(toMemberIndex(0), notice(doubleVote(1)));
    federation.settle();
    federation.pass(30_000);
    assert.equal(federation.sent.filter((kind) => kind === 'evidence').length, 1);
    for (const { refused } of federation.members.slice(1))
      assert.match(refused.join(), /overloaded more evidence/);
  });

  const truth = { ...doubleVote(1), second: said(2, spoke('prepare', 4, 'b')) };
  const unsigned = doubleVote(1);
  const FALSE: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['bytes that are none', Buffer.from('btcfed/evidence/v1'), /false-evidence .*cut short/],
    [
      'statements that do not contradict',
      encodeEvidence(truth, SCOPE.chain),
      /false-evidence .*do not contradict/,
    ],
    [
      'another chain',
      encodeEvidence(doubleVote(1), toDigest('a'.repeat(64))),
      /false-evidence .*another chain/,
    ],
    [
      'another epoch',
      encodeEvidence({ ...doubleVote(1), epoch: toEpoch(1n) }, SCOPE.chain),
      /false-evidence .*epoch/,
    ],
    ['a stranger', encodeEvidence(doubleVote(3, 4), SCOPE.chain), /false-evidence unknown member/],
    [
      'a protocol that the epoch did not run',
      encodeEvidence(roundsLie(), SCOPE.chain),
      /false-evidence .*protocol/,
    ],
    [
      'a signature that the accused did not make',
      encodeEvidence(
        { ...unsigned, second: { ...unsigned.second, signature: new Uint8Array(32) } },
        SCOPE.chain,
      ),
      /false-evidence .*do not hold/,
    ],
    ['a view far ahead', encodeEvidence(doubleVote(1_002), SCOPE.chain), /far-future/],
  ];

  for (const [name, content, refusal] of FALSE) {
    test(`BYZ-27: is refused, not kept and not passed on: ${name}`, () => {
      const federation = new Federation(4);
      const before = federation.sent.length;
      federation.send(toMemberIndex(0), { to: 'all', body: { kind: 'evidence', content } });
      federation.settle();
      for (const { evidence, refused } of federation.members.slice(1)) {
        assert.deepEqual(evidence.all, []);
        assert.match(refused.join('\n'), refusal);
      }
      assert.equal(federation.sent.length, before + 1);
    });
  }

  test('BYZ-28: is refused when it is older than 1000 views', () => {
    const federation = new Federation(4);
    for (let i = 0; i < 1_010; i++) {
      federation.submit(0, `transaction ${i}`);
      // As many views in no time would cost more verifications than a member may.
      federation.pass(50);
    }
    federation.send(toMemberIndex(0), notice(doubleVote(1)));
    federation.send(toMemberIndex(0), notice(doubleVote(1_000)));
    federation.settle();
    for (const { evidence, refused } of federation.members.slice(1)) {
      assert.deepEqual(evidence.all.length, 1);
      assert.match(refused.join('\n'), /stale evidence/);
    }
  });

  test('BYZ-28: costs so many verifications a second, whatever one member sends', () => {
    const federation = new Federation(4);
    for (let view = 1; view <= 20; view++) {
      const lie = doubleVote(view);
      federation.send(
        toMemberIndex(0),
        notice({ ...lie, first: { ...lie.first, signature: new Uint8Array(32) } }),
      );
    }
    federation.settle();
    for (const { refused } of federation.members.slice(1)) {
      assert.equal(
        refused.filter((each) => each.startsWith('false-evidence')).length,
        EVIDENCE_PER_SECOND_MAX,
      );
      assert.equal(
        refused.filter((each) => each.startsWith('overloaded')).length,
        20 - EVIDENCE_PER_SECOND_MAX,
      );
    }
  });

  test('that a crash left without a block goes into one after the next start', () => {
    const evidence = doubleVote(1);
    const content = encodeEvidence(evidence, SCOPE.chain);
    const federation = new Federation(4, (member) => {
      if (member.index === 0) member.evidence.put({ evidence, content, digest: toDigest('d'.repeat(64)) });
    });
    federation.pass(60_000);
    for (const member of federation.members) assert.equal(evidenceIn(member), 1);
  });

  test('comes to a member that was away, while no block holds it', () => {
    const federation = new Federation(4);
    for (const away of [1, 2, 3]) federation.away.add(toMemberIndex(away));
    federation.members[0]!.node.hear(toMemberIndex(1), {
      ok: true,
      body: bodyOf(notice(doubleVote(1)).body),
    });
    federation.settle();
    federation.away.clear();
    federation.pass(60_000);
    for (const member of federation.members) assert.equal(evidenceIn(member), 1);
  });
});

describe('evidence in a block', () => {
  test('must be true: a block with a forged accusation gets no vote', () => {
    const lie = doubleVote(1);
    const forged = { ...lie, second: { ...lie.second, signature: new Uint8Array(32) } };
    assert.equal(votesFor(encodeEvidence(forged, SCOPE.chain)), 0);
  });

  test('must be readable: a block with the reserved bytes and nonsense gets no vote', () => {
    assert.equal(votesFor(Buffer.from('btcfed/evidence/v1 and so on')), 0);
  });

  test('must be of the protocol of its epoch: a block with evidence of another gets no vote', () => {
    assert.equal(votesFor(encodeEvidence(roundsLie(), SCOPE.chain)), 0);
  });

  test('a block with one that is true and readable gets the votes of all others', () => {
    assert.equal(votesFor(encodeEvidence(doubleVote(1), SCOPE.chain)), 3);
  });

  test('is read by all from the chain', () => {
    const federation = new Federation(4);
    federation.send(toMemberIndex(0), notice(doubleVote(1)));
    federation.settle();
    work(federation);
    for (const { chain } of federation.members) {
      const [content] = chain.final.flatMap(({ transactions }) =>
        transactions.filter((each) => isFor('evidence', each)),
      );
      assert.deepEqual(decodeEvidence(content!.bytes, voteTableOf), {
        ok: true,
        chain: SCOPE.chain,
        evidence: doubleVote(1),
      });
    }
  });

  test('comes from members alone: clients and gossip cannot put it there', () => {
    const federation = new Federation(4);
    const content = transactionOf(encodeEvidence(lieOf(1, gaveUp(3, 1), gaveUp(3, 2)), SCOPE.chain));
    const answers: unknown[] = [];
    federation.members[0]!.node.submit(content, { answer: (result) => answers.push(result) });
    assert.deepEqual(answers, [RESERVED]);
    federation.send(LIAR, { to: 'all', body: { kind: 'transactions', transactions: [content] } });
    work(federation);
    for (const member of federation.members) assert.equal(evidenceIn(member), 0);
    assert.match(federation.members[0]!.refused.join('\n'), /invalid reserved transaction/);
  });
});
