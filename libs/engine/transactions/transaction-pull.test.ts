import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { HandClock } from '#test/support/engine/hand-clock.ts';
import { TOLD_HASHES_MAX } from '../ports/message-limits.ts';
import { PULL_PAUSE_MS } from '../timing/timing-limits.ts';
import { TransactionPull } from './transaction-pull.ts';
import {
  NOT_TAKEN_MS,
  PULL_ANSWER_MS,
  PULLED_FROM_MAX,
  PULLED_PER_MEMBER_MAX,
  TOLD_FINAL_MAX,
  TOLD_PER_SECOND_MAX,
} from './waiting-limits.ts';

const [ann, bob, cid, dan] = [1, 2, 3, 4].map(toMemberIndex) as [never, never, never, never];
const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));
const hashOf = (text: string): Digest => tx(text).hash;
const many = (count: number, of = 'x') => Array.from({ length: count }, (_, at) => hashOf(`${of} ${at}`));

/** One member that pulls, over time that passes by hand. */
class Puller {
  readonly asked: { readonly of: MemberIndex; readonly hashes: readonly Digest[] }[] = [];
  readonly waiting = new Set<Digest>();
  readonly final = new Set<Digest>();
  lookups = 0;
  readonly pull: TransactionPull;
  readonly #clock = new HandClock();

  constructor() {
    const clock = this.#clock;
    this.pull = new TransactionPull({
      clock,
      mempool: {
        has: (hash) => this.waiting.has(hash),
        isFinal: (hash) => {
          this.lookups += 1;
          return this.final.has(hash);
        },
      },
      peers: {
        send: (to, body) => {
          assert.ok(body.kind === 'transactions-request' && to !== 'all');
          this.asked.push({ of: to, hashes: body.hashes });
        },
      },
    });
  }

  get timers(): number {
    return this.#clock.running;
  }

  /** Whom it asked since it was looked at last. */
  askedOf(): readonly MemberIndex[] {
    return this.asked.splice(0).map(({ of }) => of);
  }

  deliver(from: MemberIndex, text: string, isTaken = true): void {
    if (isTaken) this.waiting.add(hashOf(text));
    this.pull.arrived([tx(text)], from);
  }

  pass(durationMs: number): void {
    this.#clock.pass(durationMs);
  }
}

describe('TransactionPull', () => {
  test('F-22: asks who told of a transaction that is not known, and for no other', () => {
    const puller = new Puller();
    puller.waiting.add(hashOf('waits'));
    puller.final.add(hashOf('final'));
    puller.pull.told(['new', 'waits', 'final'].map(hashOf), ann);
    assert.deepEqual(puller.asked, [{ of: ann, hashes: [hashOf('new')] }]);
    puller.deliver(ann, 'new');
    puller.pass(60_000);
    assert.equal(puller.asked.length, 1);
    assert.equal(puller.timers, 0);
  });

  test('F-22: asks three tellers at once, and the next as each is late', () => {
    const puller = new Puller();
    for (const teller of [ann, bob, cid, dan]) puller.pull.told([hashOf('new')], teller);
    assert.deepEqual(puller.askedOf(), [ann, bob, cid].slice(0, PULLED_FROM_MAX));
    puller.pass(PULL_ANSWER_MS);
    assert.deepEqual(puller.askedOf(), [dan]);
    puller.deliver(dan, 'new');
    puller.pass(60_000);
    assert.deepEqual(puller.askedOf(), []);
  });

  test('F-22: gives a teller up that does not deliver, for longer each time, and listens to the others', () => {
    const puller = new Puller();
    let pauseMs = PULL_PAUSE_MS;
    for (let time = 0; time < 4; time++) {
      puller.pull.told([hashOf(`${time}`)], ann);
      assert.deepEqual(puller.askedOf(), [ann]);
      puller.pass(PULL_ANSWER_MS);
      puller.pull.told([hashOf('again')], ann);
      puller.pull.told([hashOf(`of bob ${time}`)], bob);
      puller.deliver(bob, `of bob ${time}`);
      assert.deepEqual(puller.askedOf(), [bob]);
      puller.pass(pauseMs - 1);
      puller.pull.told([hashOf('again')], ann);
      assert.deepEqual(puller.askedOf(), []);
      puller.pass(1_001);
      pauseMs *= 2;
    }
  });

  test('F-22: has no more under way of one teller than its part, whatever it tells; the others have theirs', () => {
    const puller = new Puller();
    for (let message = 0; message < TOLD_PER_SECOND_MAX; message++)
      assert.ok(puller.pull.told(many(TOLD_HASHES_MAX, `${message}`), ann));
    assert.equal(puller.asked.flatMap(({ hashes }) => hashes).length, PULLED_PER_MEMBER_MAX);
    assert.ok(!puller.pull.told(many(1), ann), 'more messages in a second than are heard');
    puller.pull.told([hashOf('0 0'), hashOf('of bob')], bob);
    assert.deepEqual(puller.asked.at(-1), { of: bob, hashes: [hashOf('0 0'), hashOf('of bob')] });
    puller.pass(60_000);
    puller.pull.told(many(1, 'later'), ann);
    assert.equal(puller.asked.at(-1)?.of, ann, 'its part is free again');
  });

  test('F-22: looks few transactions of one message up that are final', () => {
    const puller = new Puller();
    const old = many(TOLD_HASHES_MAX, 'old');
    for (const hash of old) puller.final.add(hash);
    puller.pull.told(old, ann);
    assert.equal(puller.lookups, TOLD_FINAL_MAX);
    assert.deepEqual(puller.asked, []);
  });

  test('F-22: asks again for the rest of an answer that brought a part', () => {
    const puller = new Puller();
    puller.pull.told(['one', 'two'].map(hashOf), ann);
    puller.deliver(ann, 'one');
    puller.pass(PULL_ANSWER_MS);
    assert.deepEqual(puller.asked.at(-1), { of: ann, hashes: [hashOf('two')] });
    puller.pass(PULL_ANSWER_MS);
    assert.equal(puller.asked.length, 2, 'not without end');
  });

  test('F-22: asks the next teller when there was no room for what one delivered, and that one not again for a while', () => {
    const puller = new Puller();
    for (const teller of [ann, bob, cid, dan]) puller.pull.told([hashOf('new')], teller);
    puller.askedOf();
    puller.deliver(ann, 'new', false);
    assert.deepEqual(puller.askedOf(), [dan]);
    puller.pull.told([hashOf('new')], ann);
    assert.deepEqual(puller.askedOf(), []);
    for (const teller of [bob, cid, dan]) puller.deliver(teller, 'new', false);
    puller.pass(NOT_TAKEN_MS + 1);
    puller.pull.told([hashOf('new')], ann);
    assert.deepEqual(puller.askedOf(), [ann]);
  });

  test('leaves no timer behind when it stops', () => {
    const puller = new Puller();
    puller.pull.told([hashOf('new')], ann);
    puller.pass(PULL_ANSWER_MS);
    puller.pull.told([hashOf('other')], bob);
    puller.deliver(bob, 'other', false);
    assert.ok(puller.timers > 0);
    puller.pull.stop();
    assert.equal(puller.timers, 0);
  });
});
