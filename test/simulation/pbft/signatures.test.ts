import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { pbft } from '#libs/protocol/pbft/pbft.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import type { RoundsMessage, RoundsVote } from '#libs/protocol/rounds/message.ts';
import { roundStatement, statementIn } from '#libs/protocol/rounds/statements.ts';
import { FALSE_SIGNATURES_MAX } from '#libs/replica/limits.ts';
import { decideBlocks } from './decide-blocks.ts';
import { DEFAULT_WAITS } from './default-waits.ts';
import { PbftFederation } from './pbft-federation.ts';
import { isVoteOf } from './pbft-post.ts';

const PLACE = { height: toHeight(1n), view: toView(0n) };
const DIGEST = toDigest('d'.repeat(64));

const spoilt = (signature: Uint8Array): Uint8Array => signature.map((byte) => byte ^ 1);

/** A vote of a member for some block, with a signature that it did not make. */
function falseVote(member: number, step = 'prepare'): RoundsVote {
  const signature = new Uint8Array(32).fill(9);
  return { kind: 'vote', step, ...PLACE, member: toMemberIndex(member), digest: DIGEST, signature };
}

/** The causes for which a member refused messages of another, since `from` refusals. */
function refusals(federation: PbftFederation, member: number, of: number, from = 0): readonly string[] {
  const { refused } = federation.seen;
  return refused
    .slice(from)
    .flatMap((each) => (each.member === member && each.from === of ? [each.cause] : []));
}

describe('the messages of PBFT', () => {
  test('TW-2.8.1: are signed: each vote, proposal and leave by its sender, and each certificate by all that it names', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    // Member 3 misses a decision, and is shown it.
    federation.post.holdBack(({ to }) => to === 3);
    federation.submit(2, 'missed by one');
    federation.post.carryAll();
    federation.pass(5_000);
    // A view fails, and then member 3 asks for what it lost in the next.
    federation.crash(2);
    federation.post.holdBack(({ to, message }) => to === 3 && message.kind !== 'leave');
    federation.submit(0, 'after a failed view');
    federation.pass(DEFAULT_WAITS.viewTimeoutMs + 1_200);
    federation.post.carryAll();
    federation.pass(10_000);
    decideBlocks(federation, 3);
    const kinds = new Set<string>();
    for (const { from, message } of federation.post.sent) {
      kinds.add(message.kind);
      const claims = pbft.claims(message);
      assert.ok(federation.areTrue(claims), message.kind);
      const own = pbft.ownClaim(message);
      const isStatement = ['proposal', 'vote', 'leave'].includes(message.kind);
      assert.deepEqual([own !== undefined, own?.member ?? from], [isStatement, from]);
      // A request is proved by the connection that it comes over, and shown to nobody.
      assert.equal(claims.length > 0, message.kind !== 'request', message.kind);
    }
    assert.deepEqual([...kinds].sort(), ['certificate', 'leave', 'proposal', 'recovery', 'request', 'vote']);
  });

  test('TW-2.8.2: are verified before the protocol takes them in: one with a false signature leaves its state untouched', () => {
    const federation = new PbftFederation(4);
    const held = federation.post.holdBack(({ to }) => to === 1);
    federation.submit(0, 'held back');
    const [proposal] = held.flatMap(({ message }) => (message.kind === 'proposal' ? [message] : []));
    const [prepare] = held.flatMap((carried) => (isVoteOf(carried, 'prepare') ? [carried.message] : []));
    assert.ok(proposal !== undefined && prepare?.kind === 'vote');
    const certificate = federation.decision();
    const [share = assert.fail(), ...shares] = certificate.signatures;
    const spoiltShares = [{ ...share, signature: spoilt(share.signature) }, ...shares];
    const before = federation.state(1);
    const false_: readonly (readonly [number, RoundsMessage])[] = [
      [0, { ...proposal, signature: spoilt(proposal.signature) }],
      [prepare.member, { ...prepare, signature: spoilt(prepare.signature) }],
      [
        2,
        {
          kind: 'leave',
          ...PLACE,
          member: toMemberIndex(2),
          prepared: undefined,
          entry: undefined,
          signature: spoilt(share.signature),
        },
      ],
      [3, { kind: 'certificate', certificate: { ...certificate, signatures: spoiltShares } }],
      [3, { kind: 'recovery', ...PLACE, statements: [{ ...prepare, signature: spoilt(prepare.signature) }] }],
    ];
    for (const [from, message] of false_) {
      federation.deliver({ from, to: 1, message });
      assert.equal(federation.state(1), before, message.kind);
      assert.equal(refusals(federation, 1, from).at(-1), 'bad-signature', message.kind);
    }
    // The same messages as they were signed are taken in.
    federation.deliver({ from: 0, to: 1, message: proposal });
    assert.equal(federation.state(1).at.proposal?.block.digest, proposal.block.digest);
    federation.deliver({ from: 3, to: 1, message: { kind: 'certificate', certificate } });
    assert.equal(federation.heights[1], 1);
  });

  test('TW-2.8.3: with false signatures are held against the member that brought them, and never against the one that they name', () => {
    const federation = new PbftFederation(4);
    federation.deliver({ from: 2, to: 1, message: falseVote(0) });
    assert.deepEqual(refusals(federation, 1, 2), ['wrong-sender']);
    for (let said = 0; said < FALSE_SIGNATURES_MAX; said++) {
      assert.deepEqual(federation.seen.muted, []);
      federation.deliver({
        from: 2,
        to: 1,
        message: { kind: 'recovery', ...PLACE, statements: [falseVote(0)] },
      });
    }
    assert.deepEqual(federation.seen.muted, [{ member: 1, of: 2 }]);
    assert.deepEqual(refusals(federation, 1, 0), []);
    // Member 0 is heard as ever: with member 2 unheard, member 1 needs its votes.
    federation.submit(3, 'goes on');
    assert.equal(federation.heights[1], 1);
    assert.deepEqual(
      federation.decision(1).signatures.map(({ member }) => member),
      [0, 1, 3],
    );
  });
});

describe('a message of PBFT that is said again elsewhere', () => {
  test('TW-2.8.5: is refused: in the next height as stale, and as another height, view or kind because its signature says which it is', () => {
    const federation = new PbftFederation(4);
    decideBlocks(federation, 1);
    const vote = federation.post.sent.flatMap((carried) =>
      carried.from === 2 && carried.to === 1 && isVoteOf(carried, 'prepare') ? [carried.message] : [],
    )[0];
    assert.ok(vote?.kind === 'vote');
    assert.equal(federation.state(1).at.height, 2n);
    const replayed = (message: RoundsMessage, cause: string) => {
      const before = federation.seen.refused.length;
      const { votes } = federation.state(1).at;
      federation.deliver({ from: 2, to: 1, message });
      assert.deepEqual(refusals(federation, 1, 2, before), [cause]);
      assert.equal(federation.state(1).at.votes, votes);
    };
    replayed(vote, 'stale');
    replayed({ ...vote, height: toHeight(2n) }, 'bad-signature');
    // A vote of this height, which is true as it is, and nothing else.
    const statement = roundStatement('prepare', toView(0n), { height: toHeight(2n), digest: DIGEST });
    const now = {
      ...vote,
      height: toHeight(2n),
      digest: DIGEST,
      signature: federation.signature(2, statement),
    };
    replayed({ ...now, step: 'commit' }, 'bad-signature');
    replayed({ ...now, view: toView(1n) }, 'bad-signature');
    federation.deliver({ from: 2, to: 1, message: now });
    assert.equal(federation.state(1).at.votes.get('0 prepare')?.size, 1);
    replayed(now, 'duplicate');
  });

  test('TW-2.8.5: is another text under each chain, epoch, height, view and kind, so that no signature fits two', () => {
    const chain = toDigest('c'.repeat(64));
    const scope = { chain, protocol: 'pbft', epoch: toEpoch(0n) };
    const vote = falseVote(1);
    const texts = [
      PBFT_TABLE.bytes(scope, statementIn(PBFT_TABLE, vote)),
      PBFT_TABLE.bytes({ ...scope, chain: toDigest('b'.repeat(64)) }, statementIn(PBFT_TABLE, vote)),
      PBFT_TABLE.bytes({ ...scope, epoch: toEpoch(1n) }, statementIn(PBFT_TABLE, vote)),
      PBFT_TABLE.bytes(scope, statementIn(PBFT_TABLE, { ...vote, height: toHeight(2n) })),
      PBFT_TABLE.bytes(scope, statementIn(PBFT_TABLE, { ...vote, view: toView(1n) })),
      PBFT_TABLE.bytes(scope, statementIn(PBFT_TABLE, { ...vote, step: 'commit' })),
    ].map((bytes) => Buffer.from(bytes).toString('hex'));
    assert.equal(new Set(texts).size, texts.length);
  });
});
