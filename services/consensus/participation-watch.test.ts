import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type MemberIndex, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Roster } from '#libs/membership/roster.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Vote } from '#libs/protocol/hotstuff/message.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import type { SigningOrder } from './adapters/signing-order.ts';
import type { EnteredView } from './adapters/view-reports.ts';
import { protocolIn } from './member-rules.ts';
import { ParticipationWatch } from './participation-watch.ts';

const [m0, m1, m2, m3] = [0, 1, 2, 3].map(toMemberIndex) as [
  MemberIndex,
  MemberIndex,
  MemberIndex,
  MemberIndex,
];
const signature = new Uint8Array(1);
const { header } = genesisBlock({ genesisTimeMs: 0n });

const blockAt = (height: bigint): Block =>
  sealBlock({ ...header, height: toHeight(height), view: toView(height) }, []);

function voteOf(member: MemberIndex, block: Block, phase: Vote['phase'] = 'commit'): PeerMessageBody {
  const { height, view } = block.header;
  return sealed({ kind: 'vote', phase, view, height, digest: block.digest, member, signature });
}

/** The watch of m1 of four, which leads every view; the world is the test's. */
function watched({ votePath = 0, leader = m1 }: { votePath?: number; leader?: MemberIndex } = {}) {
  const final = new FinalChannel();
  const genesis = genesisBlock({ genesisTimeMs: 0n });
  const founding = foundingOf(genesis.digest, rosterOf(4));
  const terms = { ...founding.terms, parameters: { ...founding.terms.parameters, vote_path: votePath } };
  const ballots: { readonly change: { readonly join: Roster } }[] = [];
  const current = { ...founding, terms, ballots };
  const world = {
    nowMs: 0,
    connected: new Set([m0, m2, m3]),
    accused: [] as MemberIndex[],
    tip: tipOf(genesis, []),
  };
  const listeners: ((entered: EnteredView) => void)[] = [];
  const watch = new ParticipationWatch({
    name: 'm1',
    book: { current, epoch: (epoch) => (epoch <= 1n ? { ...current, epoch } : undefined) },
    tip: () => world.tip,
    protocolOf: protocolIn,
    gateway: {
      isAttached: true,
      linkOf: (member) => ({ isConnected: world.connected.has(member), sinceMs: 0 }),
      nameOf: (member) => `m${member}`,
      peers: () => 5,
    },
    signerFault: () => undefined,
    accused: () => world.accused,
    final,
    onView: (listener) => void listeners.push(listener),
    nowMs: () => world.nowMs,
    timeMs: () => 1_000_000 + world.nowMs,
  });
  const enter = (view: bigint) => {
    const entered = { view: toView(view), height: toHeight(view), leader, leaderName: `m${leader}` };
    for (const listener of listeners) listener({ ...entered, afterTimeout: false, failed: undefined });
  };
  const decide = (blocks: readonly Block[], signers: readonly MemberIndex[]) => {
    const last = blocks.at(-1) ?? assert.fail();
    world.tip = tipOf(last, signers);
    final.ordered(blocks);
  };
  const cause = (height: bigint, member: MemberIndex) => watch.seen(toHeight(height))?.absence(member).cause;
  const vote = (name: string) => void ballots.push({ change: { join: [memberOf(4, { name })] } });
  return { watch, world, enter, decide, cause, vote };
}

function tipOf({ header: { height, view }, digest }: Block, signers: readonly MemberIndex[]) {
  const signatures = signers.map((member) => ({ member, signature }));
  const certificate: QuorumCertificate = { kind: 'commit', instance: 0n, view, height, digest, signatures };
  return { header: { ...header, height, view }, digest, certificate };
}

function orderOf(block: Block): SigningOrder {
  const { height, view } = block.header;
  const statement = {
    kind: 'commit',
    instance: 0n,
    view,
    block: { height, digest: block.digest },
    reports: [],
  };
  return { statement, grounds: { kind: 'none' }, epoch: toEpoch(0n) } as unknown as SigningOrder;
}

describe('the watch over who takes part', () => {
  test('tells a late vote by the messages that pass, and by how much', () => {
    const { watch, world, enter, decide, cause } = watched();
    const block = blockAt(1n);
    enter(1n);
    world.nowMs = 100;
    decide([block], [m0, m1, m2]);
    world.nowMs = 135;
    watch.heard(m3, voteOf(m3, block));
    const seen = watch.seen(toHeight(1n));
    assert.deepEqual(seen?.absence(m3), {
      cause: 'late-vote',
      lateMs: 35,
      evidence: [
        'its commit vote for this block and view 1 came over its own connection 35 ms after the quorum was complete here',
      ],
    });
    assert.equal(seen?.decided.timeMs, 1_000_100);
    assert.equal(cause(1n, m3), 'late-vote');
  });

  test('takes no vote of a member from another, and none in the name of a guest', () => {
    const { watch, enter, decide, cause } = watched();
    const block = blockAt(1n);
    enter(1n);
    decide([block], [m0, m1, m2]);
    watch.heard(m0, voteOf(m3, block));
    watch.heard(m3, voteOf(m0, block));
    watch.heard(toMemberIndex(7), voteOf(toMemberIndex(7), block));
    assert.equal(cause(1n, m3), 'unknown');
  });

  test('knows whether the votes came here: to the leader, or to all', () => {
    for (const [given, expected] of [
      [{}, true],
      [{ leader: m2 }, false],
      [{ leader: m2, votePath: 1 }, true],
    ] as const) {
      const { watch, enter, decide } = watched(given);
      enter(1n);
      decide([blockAt(1n)], [m0, m1, m2]);
      assert.equal(watch.seen(toHeight(1n))?.decided.countsVotes, expected, JSON.stringify(given));
    }
  });

  test('sees the connection of those that did not sign, as it was then', () => {
    const { watch, world, enter, decide, cause } = watched();
    enter(1n);
    world.connected.delete(m3);
    decide([blockAt(1n)], [m0, m1, m2]);
    world.connected.add(m3);
    assert.equal(cause(1n, m3), 'link-down');
    assert.deepEqual([...(watch.seen(toHeight(1n))?.decided.links.keys() ?? [])], [m1, m3], 'and the leader');
  });

  test('knows a member behind by what it reports or asks for afterwards', () => {
    const { watch, enter, decide, cause } = watched();
    for (const height of [1n, 2n, 3n, 4n]) {
      enter(height);
      decide([blockAt(height)], [m0, m1, m2]);
    }
    const body = {
      kind: 'whereabouts',
      height: toHeight(1n),
      instance: 0n,
      view: toView(2n),
      asks: false,
    } as const;
    watch.heard(m3, body);
    assert.deepEqual([cause(2n, m3), cause(3n, m3), cause(4n, m3)], ['unknown', 'behind', 'behind']);
    watch.heard(m0, { kind: 'blocks-request', requestId: 1n, from: toHeight(2n), to: toHeight(4n) });
    assert.equal(cause(4n, m0), 'behind', 'it lacks block 2');
  });

  test('takes blocks that came from others for what they are: this member was in no such view', () => {
    const { watch, decide, cause } = watched();
    decide([blockAt(1n), blockAt(2n)], [m0, m2, m3]);
    assert.equal(watch.seen(toHeight(2n))?.decided.isLive, false);
    assert.equal(cause(2n, m1), 'behind');
  });

  test('tells of blocks that were decided together by the vote for the last of them', () => {
    const { watch, world, enter, decide, cause } = watched();
    enter(2n);
    world.nowMs = 10;
    const blocks = [blockAt(1n), blockAt(2n)] as const;
    decide(blocks, [m0, m1, m2]);
    world.nowMs = 12;
    watch.heard(m3, voteOf(m3, blocks[1]));
    assert.equal(watch.seen(toHeight(1n))?.decided.certifiedHeight, 2n);
    assert.equal(cause(1n, m3), 'late-vote');
  });

  test('notes the times of the own signer, and hands on what it answers', () => {
    const { watch, world, enter, decide, cause } = watched();
    const answers: SignatureAnswer[] = [];
    const asked: ((given: SignatureAnswer) => void)[] = [];
    const signer = watch.noting({ sign: (_order, done) => void asked.push(done) });
    enter(1n);
    signer.sign(orderOf(blockAt(1n)), (given) => void answers.push(given));
    world.nowMs = 50;
    decide([blockAt(1n)], [m0, m2, m3]);
    assert.equal(cause(1n, m1), 'signer-slow');
    world.nowMs = 90;
    asked[0]?.({ kind: 'refused', reason: 'below the lock' });
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'below the lock' }]);
    assert.equal(cause(1n, m1), 'signer-refused');
  });

  test('remembers with each height who was voted out then', () => {
    const { watch, enter, decide } = watched();
    watch.suspended(['erin']);
    enter(1n);
    decide([blockAt(1n)], [m0, m1, m2]);
    watch.suspended([]);
    assert.deepEqual(watch.seen(toHeight(1n))?.decided.suspended, ['erin']);
  });

  test('tells how far each is: by its newest report, or by its signature under the newest block', () => {
    const { watch, world, enter, decide } = watched();
    const stages = () => {
      const own = { height: 9n, target: 9n };
      return watch.progress(own).map(({ name, stage, height, behind }) => [name, stage, height, behind]);
    };
    assert.deepEqual(stages(), [
      ['m0', 'member', undefined, undefined],
      ['m1', 'member', 9n, 0n],
      ['m2', 'member', undefined, undefined],
      ['m3', 'member', undefined, undefined],
    ]);
    for (const height of [1n, 2n, 3n, 4n]) {
      enter(height);
      decide([blockAt(height)], [m0, m1]);
    }
    world.nowMs = 40;
    watch.heard(m3, { kind: 'blocks-request', requestId: 1n, from: toHeight(2n), to: toHeight(4n) });
    world.connected.delete(m2);
    watch.suspended(['m4', 'm3']);
    assert.deepEqual(stages(), [
      ['m0', 'member', 4n, 0n],
      ['m1', 'member', 9n, 0n],
      ['m2', 'unreachable', undefined, undefined],
      ['m3', 'catching-up', 1n, 3n],
      ['m4', 'suspended', undefined, undefined],
    ]);
    const [, , , m3s, m4s] = watch.progress({ height: 9n, target: 9n });
    assert.deepEqual([m3s?.isFetching, m3s?.agoMs, m4s?.isConnected], [true, 0, false]);
  });

  test('takes a signature of another epoch for none: its number may be that of another member', () => {
    const { watch, enter, decide } = watched();
    const block = blockAt(1n);
    enter(1n);
    decide([{ ...block, header: { ...block.header, epoch: toEpoch(1n) } }], [m0, m1, m2]);
    assert.equal(watch.seen(toHeight(1n))?.decided.epoch, 1n);
    assert.equal(watch.progress({ height: 1n, target: 1n })[0]?.height, undefined);
  });

  test('tells of candidates that members voted for, by the guest that has their key', () => {
    const { watch, world, vote } = watched();
    vote('m4');
    world.connected.add(toMemberIndex(4));
    const body = {
      kind: 'whereabouts',
      height: toHeight(0n),
      instance: 0n,
      view: toView(2n),
      asks: false,
    } as const;
    watch.heard(toMemberIndex(4), body);
    const last = watch.progress({ height: 0n, target: 0n }).at(-1);
    assert.deepEqual(
      [last?.name, last?.stage, last?.isConnected, last?.height],
      ['m4', 'candidate', true, 0n],
    );
  });

  test('names stored evidence, and knows nothing of heights from before', () => {
    const { watch, world, enter, decide, cause } = watched();
    enter(1n);
    decide([blockAt(1n)], [m0, m1, m2]);
    world.accused = [m3];
    assert.equal(cause(1n, m3), 'faulty-evidence');
    assert.equal(watch.seen(toHeight(2n)), undefined);
    assert.equal(watch.lowest, 1n);
  });
});
