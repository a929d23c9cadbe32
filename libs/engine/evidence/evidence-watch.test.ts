import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { toDigest, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { viewOf } from '#libs/protocol/evidence.ts';
import type { Proposal, Vote } from '#libs/protocol/hotstuff/message.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { Federation, type Sent, signatureOf } from '#test/support/engine/engine-federation.ts';
import { evidenceIn, found, LIAR, work } from '#test/support/engine/engine-lies.ts';

const otherBlock = ({ header, transactions }: Block): Block =>
  sealBlock({ ...header, timestampMs: header.timestampMs + 1n }, transactions);

function otherVote(vote: Vote): Vote {
  const digest = toDigest('e'.repeat(64));
  const { phase, view, height } = vote;
  return {
    ...vote,
    digest,
    signature: signatureOf(vote.member, blockStatement(phase, view, { height, digest })),
  };
}

function otherProposal(proposal: Proposal): Proposal {
  const block = otherBlock(proposal.block);
  const { view, height } = block.header;
  const signature = signatureOf(LIAR, blockStatement('proposal', view, { height, digest: block.digest }));
  return { ...proposal, block, signature };
}

describe('evidence in a federation', () => {
  for (const [order, both] of [
    ['after', (a: Sent, b: Sent) => [a, b]],
    ['before', (a: Sent, b: Sent) => [b, a]],
  ] as const) {
    test(`BYZ-06: a second vote is found though the replica refuses it, sent ${order} the first`, () => {
      const federation = new Federation(4);
      federation.tamper = (from, sent) => {
        if (from !== LIAR || sent.body.kind !== 'vote') return [sent];
        return both(sent, { ...sent, body: otherVote(sent.body) });
      };
      work(federation);
      work(federation);
      for (const member of federation.members) {
        assert.notEqual(found(member).length, 0);
        for (const each of found(member)) assert.deepEqual(each, [LIAR, 'double-vote']);
        // The window moves with the views.
        assert.ok(member.evidence.all.some(({ evidence }) => viewOf(evidence) > 12n));
      }
    });
  }

  test('BYZ-06: a second vote is found by members that know the first from a certificate alone', () => {
    const federation = new Federation(4);
    federation.tamper = (from, sent) => {
      const { to, body } = sent;
      if (from !== LIAR || body.kind !== 'vote') return [sent];
      const bystanders = [0, 1, 3].map(toMemberIndex).filter((each) => each !== to);
      return [sent, ...bystanders.map((each) => ({ to: each, body: otherVote(body) }))];
    };
    work(federation);
    assert.ok(found(federation.members[0]!).some(([who, kind]) => who === LIAR && kind === 'double-vote'));
  });

  test('BYZ-01: a second proposal is found, kept by all and put into a block', () => {
    const federation = new Federation(4);
    federation.tamper = (from, sent) => {
      if (from !== LIAR || sent.body.kind !== 'proposal') return [sent];
      return [sent, { ...sent, body: otherProposal(sent.body) }];
    };
    work(federation);
    for (const member of federation.members) {
      assert.ok(found(member).some(([who, kind]) => who === LIAR && kind === 'double-proposal'));
      assert.equal(evidenceIn(member), new Set(member.evidence.all.map(({ digest }) => digest)).size);
    }
  });

  test('BYZ-30: a timeout that hides what its member knew is found', () => {
    const federation = new Federation(4);
    const genesis = federation.members[0]!.chain.genesis.digest;
    federation.tamper = (from, sent) => {
      if (from !== LIAR || sent.body.kind !== 'timeout') return [sent];
      const { view, high } = sent.body;
      const highView = toView(0n);
      const signature = signatureOf(LIAR, timeoutStatement(view, { view: highView, digest: genesis }));
      return [
        {
          ...sent,
          body: {
            ...sent.body,
            high: { ...high, view: highView, height: 0n as never, digest: genesis, signatures: [] },
            signature,
          },
        },
      ];
    };
    federation.submit(0, 'first');
    federation.away.add(toMemberIndex(3));
    work(federation);
    for (const member of [0, 1]) {
      assert.ok(found(federation.members[member]!).some(([, kind]) => kind === 'understated-timeout'));
    }
  });

  test('an honest federation finds nothing, also over timeouts and members that come back', () => {
    const federation = new Federation(4);
    for (const away of [1, 2, 3]) {
      federation.away.add(toMemberIndex(away));
      work(federation);
      federation.comeBack(away);
      federation.pass(20_000);
    }
    for (const member of federation.members) assert.deepEqual(found(member), []);
  });

  test('junk in the name of the second vote accuses nobody, and is verified a few times a second at most', () => {
    const federation = new Federation(4);
    federation.tamper = (from, sent) => {
      if (from !== LIAR || sent.body.kind !== 'vote') return [sent];
      const { body } = sent;
      const junk = Array.from({ length: 50 }, (_, at) => ({
        ...sent,
        body: { ...body, digest: toDigest(at.toString(16).padStart(64, '0')), signature: new Uint8Array(32) },
      }));
      return [...junk, sent];
    };
    const verified = federation.verified;
    federation.submit(0, 'transaction');
    for (const member of federation.members) assert.deepEqual(found(member), []);
    // Three phases, two honest voters and a proposal or certificate each: far from the 150 junk votes.
    assert.ok(federation.verified - verified < 60, `${federation.verified - verified}`);
  });
});
