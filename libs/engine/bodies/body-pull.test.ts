import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { type Digest, type MemberIndex, toDigest, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { HandClock } from '#test/support/engine/hand-clock.ts';
import { certify, GENESIS, proposalOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import type { ReadPeerMessage } from '../ports/peer-listener.ts';
import { BodyAsking } from './body-asking.ts';
import {
  ASKED_TIMES_MAX,
  BLOCK_ANSWER_MS,
  BODIES_ANSWER_MS,
  BODIES_SERVED_PER_SECOND_MAX,
  FIRST_ANSWER_MS_MAX,
  FIRST_ANSWERS_IN_VIEW,
  LACKING_BYTES_EACH_MAX,
  LACKING_BYTES_MAX,
  LACKING_HEIGHTS_AHEAD_MAX,
  LACKING_OF_OTHERS_PER_SECOND_MAX,
  LACKING_PER_MEMBER_MAX,
  LACKING_PER_SECOND_MAX,
} from './body-limits.ts';
import { BodyPull } from './body-pull.ts';
import { ProposalGate, type ProposerStanding } from './proposal-gate.ts';

const MEMBERS = 4;
const TRANSACTIONS_MAX = 3_000;
const [ann, bob, cid, guest] = [1, 2, 3, MEMBERS].map(toMemberIndex) as [never, never, never, never];
const SECOND_MS = 1_000;
const VIEW_MS = 1_000;
const FIRST_MS = VIEW_MS / FIRST_ANSWERS_IN_VIEW;
const DRAFT = sealed(proposalOf(GENESIS, certify('prepare', GENESIS)));
const READ: ReadPeerMessage = { ok: true, body: { kind: 'waiting', hashes: [] } };

const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));
const txs = (...texts: readonly string[]): readonly Transaction[] => texts.map(tx);
const digestOf = (name: number): Digest => toDigest(name.toString(16).padStart(64, '0'));

interface Wish {
  readonly digest?: Digest;
  readonly height?: number;
  readonly sizeBytes?: number;
  readonly hear?: () => void;
}

/** Member 0, which completes proposals; the transactions that wait with it, and time, are in the hand of the test. */
class Puller {
  readonly clock = new HandClock();
  readonly asked: string[] = [];
  readonly heard: string[] = [];
  readonly refused: string[] = [];
  readonly pool = new Map<Digest, Transaction>();
  /** All lead, until a test says something else. */
  readonly standings = new Map<MemberIndex, ProposerStanding>([ann, bob, cid].map((each) => [each, 'leads']));
  viewMs = VIEW_MS;
  /** Times that the pool was looked into. */
  looks = 0;
  readonly blocks: Block[] = [];
  final = 0;
  readonly #final = () => toHeight(BigInt(this.final));
  readonly pull = new BodyPull({
    clock: this.clock,
    held: {
      transactionOf: (hash) => {
        this.looks += 1;
        return this.pool.get(hash);
      },
    },
    asking: new BodyAsking({
      clock: this.clock,
      peers: {
        connected: () => [ann, bob, cid, guest],
        send: (to, body) => {
          assert.ok(body.kind === 'bodies-request' || body.kind === 'block-request');
          const what = body.kind === 'bodies-request' ? body.hashes.length : 'block';
          this.asked.push(`${to} ${what}`);
        },
      },
      members: MEMBERS,
      me: toMemberIndex(0),
      viewMs: () => this.viewMs,
    }),
    monitor: { refused: (from, cause) => this.refused.push(`${from} ${cause}`) },
    finalHeight: this.#final,
    blockOf: (digest) => this.blocks.find((block) => block.digest === digest),
    gate: new ProposalGate({
      ...{ clock: this.clock, finalHeight: this.#final, members: MEMBERS },
      limits: { transactionsMax: TRANSACTIONS_MAX },
      standingOf: (from) => this.standings.get(from),
    }),
  });

  /** A proposal that names these transactions, of which `wait` is told those that are not in the pool. */
  wait(from: MemberIndex, named: readonly Transaction[], wish: Wish = {}): ProtocolMessage | undefined {
    const { digest = digestOf(named.length), height = 1, sizeBytes = 100, hear } = wish;
    const hashes = named.map((each) => each.hash).filter((hash) => !this.pool.has(hash));
    const lacking = { digest, height: toHeight(BigInt(height)), hashes, transactionCount: named.length };
    const message = {
      ...({ kind: 'incomplete', missing: [], lacking, sizeBytes } as const),
      draft: DRAFT,
      again: ({ transactions }: Partial<HeldParts>) => {
        assert.ok(named.every(({ hash }) => transactions?.transactionOf(hash)?.hash === hash));
        return READ;
      },
      hear: hear ?? (() => void this.heard.push(`${from} ${named.length}`)),
    };
    return this.pull.wait(from, message, lacking);
  }

  /** The requests since the last look. */
  askedNow(): readonly string[] {
    return this.asked.splice(0);
  }
}

describe('BodyPull', () => {
  test('asks the sender at once for all that is lacked, and hears the proposal once it is there', () => {
    const puller = new Puller();
    puller.pool.set(tx('known').hash, tx('known'));
    puller.wait(bob, txs('known', 'apple', 'plum'));
    assert.deepEqual(puller.askedNow(), ['2 2']);
    puller.pull.answered(txs('apple', 'never named'), bob);
    assert.deepEqual([puller.heard, puller.askedNow()], [[], ['2 1']], 'the rest of who gave a part');
    puller.pull.answered(txs('plum'), ann);
    assert.deepEqual([puller.heard, puller.askedNow(), puller.clock.running], [['2 3'], [], 0]);
  });

  test('hears it by gossip that comes late, from whomever, also for two members that propose the same', () => {
    const puller = new Puller();
    for (const from of [ann, bob]) puller.wait(from, txs('apple'));
    puller.pull.arrived(txs('apple'));
    assert.deepEqual([puller.heard, puller.clock.running], [['1 1', '2 1'], 0]);
  });

  test('believes nobody: a transaction counts for its own hash alone', () => {
    const puller = new Puller();
    puller.wait(ann, txs('apple'));
    puller.pull.answered(txs('pear', 'aple'), ann);
    assert.deepEqual(puller.heard, []);
  });

  test('keeps its own copy of what came, for the bytes are a view of a message', () => {
    const puller = new Puller();
    puller.wait(ann, txs('apple', 'plum'));
    const bytes = new Uint8Array(Buffer.from('apple'));
    const view = transactionOf(bytes);
    assert.equal(view.hash, tx('apple').hash);
    puller.pull.arrived([view]);
    bytes.fill(0);
    puller.pull.arrived(txs('plum'));
    assert.deepEqual(puller.heard, ['1 2']);
  });

  test('asks two others when nobody answers, then each in turn for the whole block, and gives up in the end', () => {
    const puller = new Puller();
    puller.wait(bob, txs('apple'));
    assert.deepEqual(puller.askedNow(), ['2 1']);
    const waits = [FIRST_MS, 500 - FIRST_MS, FIRST_MS, 1_000 - FIRST_MS, 2_000, 4_000];
    assert.equal(waits.length, ASKED_TIMES_MAX - 1);
    const rounds = waits.map((ms) => {
      puller.clock.pass(ms - 1);
      assert.deepEqual(puller.askedNow(), [], 'not before its time');
      puller.clock.pass(1);
      return puller.askedNow();
    });
    assert.deepEqual(rounds, [['1 1'], ['3 1'], ['2 1'], ['2 block'], ['1 block'], ['3 block']]);
    assert.deepEqual(puller.refused, []);
    puller.clock.pass(8_000);
    assert.deepEqual([puller.refused, puller.clock.running], [['2 unresolved'], 0]);
    puller.wait(bob, txs('apple'));
    assert.deepEqual(puller.askedNow(), ['2 1'], 'said again, it is asked for again');
  });

  test('asks another a part of a view later for nothing that came meanwhile, by gossip or from the sender', () => {
    for (const come of ['arrived', 'answered'] as const) {
      const puller = new Puller();
      puller.wait(bob, txs('apple', 'plum', 'pear'));
      puller.askedNow();
      puller.clock.pass(FIRST_MS - 1);
      puller.pull[come](txs('apple', 'plum'), bob);
      assert.deepEqual(puller.askedNow(), come === 'arrived' ? [] : ['2 1']);
      puller.clock.pass(1);
      assert.deepEqual(puller.askedNow(), come === 'arrived' ? ['1 1'] : []);
      puller.clock.pass(FIRST_MS - 1);
      puller.pull.arrived(txs('pear'));
      assert.deepEqual([puller.heard, puller.clock.running], [['2 3'], 0]);
    }
  });

  test('asks the second no later than half of the time for an answer, however long a view may be', () => {
    const puller = new Puller();
    puller.viewMs = 60_000;
    puller.wait(bob, txs('apple'));
    puller.clock.pass(FIRST_ANSWER_MS_MAX);
    assert.deepEqual(puller.askedNow(), ['2 1', '1 1']);
  });

  test('asks once for a block that several propose, one of them after the other, and hears all of them', () => {
    const puller = new Puller();
    for (const from of [bob, cid]) puller.wait(from, txs('apple', 'plum'));
    assert.deepEqual(puller.askedNow(), ['2 2']);
    puller.pull.answered(txs('plum'), bob);
    assert.deepEqual(puller.askedNow(), ['2 1'], 'the rest, once');
    puller.clock.pass(FIRST_MS);
    assert.deepEqual(puller.askedNow(), ['3 1'], 'the other says that it has them');
    puller.pull.answered(txs('apple'), cid);
    assert.deepEqual([puller.heard, puller.clock.running], [['2 2', '3 2'], 0]);
  });

  test('goes on asking for the proposal of one member when that of another, of the same block, gives way', () => {
    const puller = new Puller();
    for (const from of [bob, cid]) puller.wait(from, txs('apple', 'plum'));
    for (let name = 0; name < LACKING_PER_MEMBER_MAX; name++)
      puller.wait(bob, txs('pear'), { digest: digestOf(100 + name) });
    assert.deepEqual(puller.refused, ['2 unresolved']);
    puller.askedNow();
    puller.clock.pass(FIRST_MS);
    assert.ok(puller.askedNow().includes('1 2'));
  });

  test('asks for the whole block at once where it lacks more than one request may name', () => {
    const puller = new Puller();
    const many = Array.from({ length: BODIES_ASKED_MAX + 1 }, (_, at) => tx(`${at}`));
    puller.wait(bob, many.slice(1));
    puller.wait(ann, many);
    assert.deepEqual(puller.askedNow(), [`2 ${BODIES_ASKED_MAX}`, '1 block']);
    const header = { ...GENESIS.header, transactionCount: many.length };
    const block = sealBlock(header, many);
    assert.equal(puller.pull.blockArrived(block), false, 'of another digest');
    assert.deepEqual(puller.heard, []);
    puller.pull.stop();
    puller.wait(ann, many, { digest: block.digest });
    assert.equal(puller.pull.blockArrived(block), true);
    assert.deepEqual(puller.heard, [`1 ${many.length}`]);
  });

  test('gives a whole block the time that it takes over a slow line, before another is asked for it', () => {
    const puller = new Puller();
    puller.wait(
      ann,
      Array.from({ length: BODIES_ASKED_MAX + 1 }, (_, at) => tx(`${at}`)),
    );
    assert.deepEqual(puller.askedNow(), ['1 block']);
    puller.clock.pass(BLOCK_ANSWER_MS - 1);
    assert.deepEqual(puller.askedNow(), []);
    puller.clock.pass(1);
    assert.deepEqual(puller.askedNow(), ['2 block']);
  });

  test('waits for no more transactions than the genesis allows in a block', () => {
    const puller = new Puller();
    const many = Array.from({ length: TRANSACTIONS_MAX + 1 }, (_, at) => tx(`${at}`));
    puller.wait(ann, many);
    assert.deepEqual([puller.refused, puller.askedNow()], [['1 oversized'], []]);
    puller.wait(ann, many.slice(1));
    assert.deepEqual(puller.askedNow(), ['1 block']);
  });

  test('makes nothing of a proposal that is one too many in a second: not a name of it is looked at', () => {
    const puller = new Puller();
    for (let name = 0; name < LACKING_PER_SECOND_MAX; name++)
      puller.wait(ann, txs('plum'), { digest: digestOf(name) });
    puller.looks = 0;
    puller.wait(ann, txs('pear', 'apple'), { digest: digestOf(99) });
    assert.deepEqual([puller.looks, puller.refused.at(-1)], [0, '1 overloaded']);
  });

  test('hears at once a proposal of a block that is held, and one whose transactions came while it was read', () => {
    const puller = new Puller();
    const block = sealBlock({ ...GENESIS.header, transactionCount: 1 }, txs('apple'));
    puller.blocks.push(block);
    puller.wait(bob, txs('apple'), { digest: block.digest });
    assert.deepEqual([puller.heard, puller.askedNow()], [['2 1'], []]);
  });

  test('sees what clients gave meanwhile, when an answer is overdue', () => {
    const puller = new Puller();
    puller.wait(bob, txs('apple'));
    puller.pool.set(tx('apple').hash, tx('apple'));
    puller.clock.pass(BODIES_ANSWER_MS);
    assert.deepEqual(puller.heard, ['2 1']);
  });

  test('waits for nothing that is decided, far ahead, of a guest, too large, or waited for already', () => {
    const puller = new Puller();
    puller.final = 3;
    const far = 3 + Number(LACKING_HEIGHTS_AHEAD_MAX) + 1;
    puller.wait(ann, txs('apple'), { height: 3 });
    puller.wait(ann, txs('apple'), { height: far });
    puller.wait(guest, txs('apple'), { height: 4 });
    puller.wait(ann, txs('apple'), { height: 4, sizeBytes: LACKING_BYTES_EACH_MAX + 1 });
    assert.deepEqual(puller.askedNow(), []);
    puller.wait(ann, txs('apple'), { height: 4, sizeBytes: LACKING_BYTES_EACH_MAX });
    puller.wait(ann, txs('apple'), { height: 4 });
    const causes = ['1 stale', '1 far-future', '4 unknown-member', '1 oversized', '1 duplicate'];
    assert.deepEqual([puller.refused, puller.askedNow()], [causes, ['1 1']]);
  });

  test('asks no more for a height that is decided, and hears another', () => {
    const puller = new Puller();
    puller.wait(ann, txs('apple'), { height: 1 });
    puller.wait(bob, txs('plum'), { height: 2 });
    puller.final = 1;
    puller.askedNow();
    puller.clock.pass(FIRST_MS);
    assert.deepEqual(puller.askedNow(), ['1 1'], 'for the other alone');
    puller.pull.arrived(txs('apple', 'plum'));
    assert.deepEqual([puller.heard, puller.refused, puller.clock.running], [['2 1'], [], 0]);
  });

  test('keeps the newest proposals of each member, and those of others beside them', () => {
    const puller = new Puller();
    puller.wait(bob, txs('apple'));
    for (let name = 0; name <= LACKING_PER_MEMBER_MAX; name++)
      puller.wait(ann, txs('plum'), { digest: digestOf(name) });
    assert.deepEqual(puller.refused, ['1 unresolved']);
    puller.pull.arrived(txs('apple', 'plum'));
    assert.deepEqual(puller.heard, ['2 1', ...Array.from({ length: LACKING_PER_MEMBER_MAX }, () => '1 1')]);
  });

  test('asks nobody for a proposal that the protocol refuses, and hands its draft back', () => {
    const puller = new Puller();
    puller.standings.delete(ann);
    assert.equal(puller.wait(ann, txs('apple')), DRAFT);
    assert.deepEqual([puller.askedNow(), puller.clock.running, puller.looks], [[], 0, 0]);
    puller.pull.arrived(txs('apple'));
    assert.deepEqual([puller.heard, puller.refused], [[], []]);
    puller.standings.set(ann, 'admitted');
    assert.equal(puller.wait(ann, txs('apple')), undefined);
    assert.deepEqual(puller.askedNow(), ['1 1']);
  });

  test('lets a member that does not lead the view begin few, and those of the leader no fewer for it', () => {
    const puller = new Puller();
    puller.standings.set(ann, 'admitted');
    for (let name = 0; name <= LACKING_OF_OTHERS_PER_SECOND_MAX; name++)
      puller.wait(ann, txs('plum'), { digest: digestOf(name) });
    assert.equal(puller.refused.filter((each) => each === '1 overloaded').length, 1);
    puller.standings.set(ann, 'leads');
    for (let name = 0; name < LACKING_PER_SECOND_MAX; name++)
      puller.wait(ann, txs('plum'), { digest: digestOf(100 + name) });
    assert.equal(puller.refused.filter((each) => each === '1 overloaded').length, 1);
  });

  test('lets one member begin so many in a second, and no other suffer for it', () => {
    const puller = new Puller();
    for (let name = 0; name <= LACKING_PER_SECOND_MAX; name++)
      puller.wait(ann, txs('plum'), { digest: digestOf(name) });
    assert.equal(puller.refused.filter((each) => each === '1 overloaded').length, 1);
    puller.askedNow();
    puller.wait(bob, txs('apple'));
    assert.deepEqual(puller.askedNow(), ['2 1']);
    puller.clock.pass(SECOND_MS);
    puller.askedNow();
    puller.wait(ann, txs('pear'), { digest: digestOf(99) });
    assert.deepEqual(puller.askedNow(), ['1 1']);
  });

  test('that is given one transaction after the other looks into the pool some times for each, and asks no more than is answered', () => {
    const puller = new Puller();
    const many = Array.from({ length: 4 * BODIES_SERVED_PER_SECOND_MAX }, (_, at) => tx(`${at}`));
    puller.wait(ann, [...many, tx('never')]);
    puller.askedNow();
    puller.looks = 0;
    for (const each of many) puller.pull.answered([each], ann);
    assert.equal(puller.askedNow().length, BODIES_SERVED_PER_SECOND_MAX);
    const [perGift, perRequest] = [2, many.length];
    const looksMax = perGift * many.length + perRequest * BODIES_SERVED_PER_SECOND_MAX;
    assert.ok(puller.looks <= looksMax, `${puller.looks} looks`);
    puller.clock.pass(SECOND_MS);
    assert.notDeepEqual(puller.askedNow(), [], 'it asks others when time is over');
  });

  test('hears the newest message in which a member proposes a block, once', () => {
    const puller = new Puller();
    const hear = (view: number) => () => void puller.heard.push(`view ${view}`);
    puller.wait(ann, txs('apple'), { hear: hear(1) });
    puller.wait(ann, txs('apple'), { hear: hear(5) });
    assert.deepEqual(puller.askedNow(), ['1 1'], 'nobody is asked again');
    puller.pull.answered(txs('apple'), ann);
    assert.deepEqual([puller.heard, puller.refused], [['view 5'], ['1 duplicate']]);
  });

  test('bounds the bytes of all: the member that has the most loses its own', () => {
    const puller = new Puller();
    const half = LACKING_BYTES_EACH_MAX / 2;
    puller.wait(bob, txs('apple'), { sizeBytes: half });
    const fill = Math.floor(LACKING_BYTES_MAX / LACKING_BYTES_EACH_MAX);
    const crowd = Array.from({ length: LACKING_PER_MEMBER_MAX }, (_, at) => digestOf(at));
    for (const digest of crowd) puller.wait(ann, txs('plum'), { digest, sizeBytes: LACKING_BYTES_EACH_MAX });
    // Transactions that came count in the part of the member that named them.
    const large = Array.from({ length: fill }, (_, at) =>
      transactionOf(new Uint8Array(LACKING_BYTES_EACH_MAX).fill(at + 1)),
    );
    puller.wait(cid, [...large, tx('never')], { sizeBytes: 1 });
    puller.pull.arrived(large);
    assert.deepEqual(puller.refused, ['3 unresolved']);
    puller.pull.arrived(txs('apple', 'plum'));
    assert.deepEqual(puller.heard, ['2 1', '1 1', '1 1']);
  });

  test('drops a proposal that cannot be handled, and hears the next', () => {
    const puller = new Puller();
    const fail = (): never => assert.fail('it fails');
    puller.wait(ann, txs('apple'), { hear: fail });
    puller.wait(bob, txs('apple'));
    puller.pull.arrived(txs('apple'));
    assert.deepEqual([puller.refused, puller.heard], [['1 invalid'], ['2 1']]);
  });

  test('says so where an answer comes that nobody waits for', () => {
    const puller = new Puller();
    puller.pull.answered(txs('apple'), ann);
    assert.deepEqual(puller.refused, ['1 stale']);
  });

  test('that is stopped asks and hears nothing any more', () => {
    const puller = new Puller();
    puller.wait(ann, txs('apple'));
    puller.pull.stop();
    puller.askedNow();
    puller.clock.pass(100 * BODIES_ANSWER_MS);
    puller.pull.arrived(txs('apple'));
    assert.deepEqual([puller.asked, puller.heard, puller.refused], [[], [], []]);
  });
});
