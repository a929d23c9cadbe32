import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { Joining } from './joining.ts';
import { JOIN_ASK_MS, JOIN_WAIT_MS } from './joining-limits.ts';

const ME = toMemberIndex(3);
const SIGNED: SignatureAnswer = { kind: 'signed', signature: new Uint8Array([1]) };

function vote(view: bigint): VoteStatement {
  return blockStatement('prepare', toView(view), { height: toHeight(1n), digest: toDigest('ab'.repeat(32)) });
}

/** A member of seven, so that two may lie and three voices are enough, with a clock that is turned by hand. */
class Bench {
  view = 10n;
  instance = 0n;
  readonly connected: MemberIndex[] = [];
  readonly asked: number[] = [];
  readonly signed: bigint[] = [];
  readonly answers: string[] = [];
  joins = 0;
  readonly joining: Joining;
  #timers: (() => void)[] = [];

  constructor({ members = 7, hasJoined = false, me = ME, isGuest = false } = {}) {
    const facts = Array.from({ length: members }, (_, i) => ({
      name: `m${i}`,
      publicKey: new Uint8Array([i]),
      weight: 1n,
    }));
    const options = {
      me: isGuest ? undefined : me,
      set: validatorSet(toEpoch(0n), facts),
      signer: {
        sign: (statement: VoteStatement, _grounds: unknown, done: (answer: SignatureAnswer) => void) => {
          this.signed.push(statement.view);
          done(SIGNED);
        },
      },
      peers: { connected: () => this.connected },
      clock: {
        after: (_: number, fire: () => void) => {
          this.#timers.push(fire);
          return () => {
            this.#timers = this.#timers.filter((each) => each !== fire);
          };
        },
      },
      at: () => ({ instance: this.instance, view: toView(this.view) }),
      ask: (member: MemberIndex) => void this.asked.push(member),
      onJoined: () => {
        this.joins += 1;
      },
    };
    this.joining = new Joining(options, hasJoined);
    this.joining.start();
  }

  sign(view: bigint): void {
    this.joining.sign(vote(view), {}, ({ kind }) => void this.answers.push(kind));
  }

  hear(from: number, view: bigint, instance = 0n): void {
    const position = { instance, view: toView(view) };
    const said = { kind: 'whereabouts', height: toHeight(0n), ...position, asks: false } as const;
    this.joining.heard(said, toMemberIndex(from));
  }

  tick(): void {
    for (const fire of this.#timers.splice(0)) fire();
  }
}

describe('a member that has just started', () => {
  test('A.45 signs nothing before f + 1 others are within one view of it, and then what waited, in order', () => {
    const bench = new Bench();
    bench.sign(10n);
    bench.sign(10n);
    bench.hear(0, 10n);
    bench.hear(0, 9n);
    bench.hear(1, 11n);
    assert.deepEqual([bench.signed, bench.joins], [[], 0]);
    bench.hear(2, 0n);
    assert.deepEqual([bench.signed, bench.answers, bench.joins], [[10n, 10n], ['signed', 'signed'], 1]);
    bench.sign(11n);
    bench.hear(4, 99n);
    assert.deepEqual([bench.signed.at(-1), bench.joins], [11n, 1]);
  });

  test('counts who is further only once proof brought it there, and leaves unsigned what is over by then', () => {
    const bench = new Bench();
    bench.sign(10n);
    for (const from of [0, 1, 2]) bench.hear(from, 12n);
    assert.deepEqual(bench.signed, []);
    bench.view = 12n;
    bench.sign(12n);
    assert.deepEqual([bench.signed, bench.answers], [[12n], ['over', 'signed']]);
  });

  test('hears neither itself nor whoever is no member', () => {
    const bench = new Bench();
    for (const from of [3, 7, 8, 9, 0, 1]) bench.hear(from, 10n);
    bench.sign(10n);
    assert.deepEqual(bench.signed, []);
  });

  test('asks each that is connected, until it said that it is near', () => {
    const bench = new Bench();
    bench.connected.push(toMemberIndex(0), ME, toMemberIndex(1), toMemberIndex(9));
    bench.joining.met(toMemberIndex(0));
    bench.tick();
    assert.deepEqual(bench.asked, [0, 0, 1]);
    bench.hear(0, 10n);
    bench.hear(1, 50n);
    bench.tick();
    assert.deepEqual(bench.asked, [0, 0, 1, 1]);
  });

  test('is not kept out for ever by silence when one other is near, and is while none is', () => {
    const bench = new Bench();
    bench.sign(10n);
    const waits = JOIN_WAIT_MS / JOIN_ASK_MS;
    for (let at = 0; at < 3 * waits; at++) bench.tick();
    bench.hear(0, 10n);
    for (let at = 0; at < waits - 1; at++) bench.tick();
    assert.deepEqual(bench.signed, []);
    bench.tick();
    assert.deepEqual(bench.signed, [10n]);
  });

  test('asks and signs no more once it is stopped', () => {
    const bench = new Bench();
    bench.connected.push(toMemberIndex(0));
    bench.sign(10n);
    bench.joining.stop();
    bench.tick();
    for (const from of [0, 1, 2]) bench.hear(from, 10n);
    assert.deepEqual([bench.asked, bench.signed], [[], []]);
  });

  for (const [who, given] of Object.entries({
    'that took part in an epoch before': { hasJoined: true },
    'that decides alone': { members: 1, me: toMemberIndex(0) },
  })) {
    test(`one ${who} signs at once`, () => {
      const bench = new Bench(given);
      bench.sign(10n);
      assert.deepEqual([bench.signed, bench.joins], [[10n], 0]);
    });
  }

  test('one that is no member asks nobody', () => {
    const bench = new Bench({ isGuest: true });
    bench.connected.push(toMemberIndex(0));
    bench.tick();
    assert.deepEqual(bench.asked, []);
  });
});

describe('a member that has just started, where each height has views of its own', () => {
  for (const [where, instance, view, isNear] of [
    ['an older height, in any view', 4n, 99n, true],
    ['the next view of its height', 5n, 3n, true],
    ['two views further in its height', 5n, 4n, false],
    ['the first view of the next height', 6n, 0n, true],
    ['the second view of the next height', 6n, 1n, true],
    ['a late view of the next height', 6n, 2n, false],
    ['the first view of the height after that', 7n, 0n, false],
  ] as const) {
    test(`A.45 ${isNear ? 'signs' : 'does not sign'} when others are in ${where}`, () => {
      const bench = new Bench();
      Object.assign(bench, { instance: 5n, view: 2n });
      for (const from of [0, 1, 2]) bench.hear(from, view, instance);
      assert.equal(bench.joins, isNear ? 1 : 0);
    });
  }
});

test('HS-33 what is asked for because of an answer comes behind what waited already', () => {
  const bench = new Bench();
  bench.joining.sign(vote(9n), {}, () => bench.sign(11n));
  bench.sign(10n);
  for (const from of [0, 1, 2]) bench.hear(from, 10n);
  assert.deepEqual(bench.signed, [10n, 11n]);
  assert.equal(bench.joins, 1);
});
