import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import type { WantedSignatures } from '#libs/protocol/named-signatures.ts';
import { NAMED_PER_MEMBER_MAX, STATEMENTS_PER_MEMBER_MAX } from '#libs/protocol/naming-limits.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { HandClock } from '#test/support/engine/hand-clock.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';
import type { ReadPeerMessage } from '../ports/peer-listener.ts';
import { TellerRests } from '../timing/teller-rests.ts';
import { PULL_PAUSE_MS } from '../timing/timing-limits.ts';
import { IncompleteMessages } from './incomplete-messages.ts';
import { LateChecks } from './late-checks.ts';
import { LateSignatures } from './late-signatures.ts';
import {
  ASKED_MAX,
  INCOMPLETE_BYTES_MAX,
  INCOMPLETE_BYTES_PER_MEMBER_MAX,
  INCOMPLETE_PER_MEMBER_MAX,
  OVERLOADED_PAUSE_MS,
  PART_BYTES_MIN,
  SIGNATURES_ANSWER_MS,
} from './reference-limits.ts';
import { SignaturePool } from './signature-pool.ts';
import { SignaturePull } from './signature-pull.ts';

const members = (...places: number[]) => places.map(toMemberIndex);
const [ann, bob, cid, dan] = members(1, 2, 3, 4) as [never, never, never, never];
/** Of the epoch. */
const MEMBERS = 40;
const READ: ReadPeerMessage = { ok: true, body: { kind: 'waiting', hashes: [] } };

function voteOf(view: number): VoteStatement {
  const block = { height: toHeight(9n), digest: toDigest('a'.repeat(64)) };
  return { kind: 'commit', instance: 0n, view: toView(BigInt(view)), block, reports: [] };
}

/** The signature that holds here says its view and its member. */
function claimOf(view: number, member: MemberIndex): Claim {
  return { statement: voteOf(view), member, signature: Uint8Array.of(view, member) };
}

function largeSignature(view: number, member: number): Uint8Array {
  const signature = new Uint8Array(PART_BYTES_MIN);
  signature.set([view, member]);
  return signature;
}

const isTrue = ({ statement, member, signature }: Claim): boolean =>
  signature[0] === Number(statement.view) && signature[1] === member;

/** One member that pulls, over time that passes by hand; signatures are judged when the test says so. */
class Puller {
  readonly asked: { readonly of: MemberIndex; readonly wanted: readonly WantedSignatures[] }[] = [];
  readonly heard: string[] = [];
  readonly refused: string[] = [];
  readonly blamed: MemberIndex[] = [];
  readonly pool = new SignaturePool();
  readonly late = new LateSignatures();
  readonly pull: SignaturePull;
  /** Whether verdicts come only when the test says so. */
  isSlow = false;
  /** Whether there is no room to verify anything. */
  isFull = false;
  readonly #unjudged: (() => void)[] = [];
  readonly #clock = new HandClock();

  constructor() {
    const clock = this.#clock;
    const verifier: ClaimVerifier = {
      trust: () => {},
      verify: (claims, done, from) => {
        const judge = (): void => {
          const ok = claims.every(isTrue);
          if (!ok && from !== undefined) this.blamed.push(from);
          done(ok);
        };
        if (this.isFull) done(false, 'overloaded');
        else if (this.isSlow) this.#unjudged.push(judge);
        else judge();
      },
    };
    this.pull = new SignaturePull({
      clock,
      peers: {
        send: (to, body) => {
          assert.ok(body.kind === 'signatures-request' && to !== 'all');
          this.asked.push({ of: to, wanted: body.wanted });
        },
      },
      verifier,
      late: new LateChecks({ verifier, pool: this.pool, late: this.late }),
      monitor: { refused: (from, cause) => this.refused.push(`${from} ${cause}`) },
      messages: new IncompleteMessages(this.pool, MEMBERS),
      rests: new TellerRests(clock),
    });
  }

  get timers(): number {
    return this.#clock.running;
  }

  judge(): void {
    for (const judge of this.#unjudged.splice(0)) judge();
  }

  /** The members asked since the last call. */
  askedOf(): readonly MemberIndex[] {
    return this.asked.splice(0).map(({ of }) => of);
  }

  /** A message that names the votes of some members in a view. */
  wait(from: MemberIndex, view: number, named: readonly MemberIndex[], sizeBytes = 100): void {
    const missing = [{ statement: voteOf(view), members: named }];
    const hear = (read: ReadPeerMessage): void => {
      assert.equal(read, READ);
      this.heard.push(`${from} ${view}`);
    };
    this.pull.wait({
      from,
      message: { kind: 'incomplete', missing, lacking: undefined, sizeBytes, again: () => READ, hear },
    });
  }

  give(from: MemberIndex, view: number, by: readonly MemberIndex[], spoil: Partial<Claim> = {}): void {
    const signatures = by.map((member) => ({ ...claimOf(view, member), ...spoil, member }));
    this.pull.arrived(
      { kind: 'signatures-response', given: [{ statement: voteOf(view), signatures }] },
      from,
    );
  }

  pass(durationMs: number): void {
    this.#clock.pass(durationMs);
  }
}

describe('F-20: signatures that a message names and this member lacks', () => {
  test('are asked of its sender, only those, and the message is heard once they are verified', () => {
    const puller = new Puller();
    puller.pool.keep([claimOf(7, ann)]);
    puller.wait(bob, 7, members(1, 2, 3));
    assert.deepEqual(puller.asked, [{ of: bob, wanted: [{ statement: voteOf(7), members: members(2, 3) }] }]);
    puller.give(bob, 7, members(2, 3));
    assert.deepEqual([puller.heard, puller.timers], [['2 7'], 0]);
  });

  test('come in parts that are nearly as large as an answer gets: each part brings the next request', () => {
    const puller = new Puller();
    puller.wait(bob, 7, members(1, 2, 3));
    puller.give(bob, 7, members(1), { signature: largeSignature(7, 1) });
    assert.deepEqual(puller.asked.at(-1)?.wanted, [{ statement: voteOf(7), members: members(2, 3) }]);
    puller.give(bob, 7, members(2, 3));
    assert.deepEqual(puller.heard, ['2 7']);
    assert.equal(puller.askedOf().length, 2);
  });

  test('that are a small part are no answer: nobody holds its place with one signature at a time', () => {
    const puller = new Puller();
    puller.wait(bob, 7, members(1, 2, 3));
    puller.give(bob, 7, members(1));
    assert.deepEqual([puller.refused, puller.heard], [['2 unresolved'], []]);
  });

  test('complete the messages of their giver alone, and are kept for nobody else', () => {
    const puller = new Puller();
    puller.wait(bob, 7, members(1));
    puller.wait(cid, 7, members(1));
    assert.deepEqual(puller.askedOf(), [bob, cid]);
    puller.give(cid, 7, members(1));
    assert.deepEqual(puller.heard, ['3 7']);
    assert.equal(puller.pool.signatureOf(voteOf(7), ann), undefined);
    puller.give(bob, 7, members(1));
    assert.deepEqual(puller.heard, ['3 7', '2 7']);
  });

  test('are not asked for where their members sent them, too late to count: they are verified first', () => {
    const puller = new Puller();
    puller.late.keep(claimOf(7, ann));
    puller.late.keep(claimOf(7, dan));
    puller.wait(bob, 7, members(1, 4));
    assert.deepEqual([puller.askedOf(), puller.heard], [[], ['2 7']]);
    assert.notEqual(puller.pool.signatureOf(voteOf(7), ann), undefined, 'and others need them no more');
  });

  test('are asked for where what a member sent is false, which is the fault of that member', () => {
    const puller = new Puller();
    puller.late.keep({ ...claimOf(7, ann), signature: Uint8Array.of(0, 0) });
    puller.late.keep(claimOf(7, dan));
    puller.wait(bob, 7, members(1, 4));
    assert.deepEqual([puller.blamed, puller.heard], [[ann], []]);
    assert.deepEqual(puller.asked.at(-1)?.wanted, [{ statement: voteOf(7), members: members(1) }]);
    puller.give(bob, 7, members(1));
    assert.deepEqual([puller.heard, puller.blamed], [['2 7'], [ann]]);
  });

  test('are not asked for while those that their members sent are verified', () => {
    const puller = new Puller();
    puller.late.keep(claimOf(7, ann));
    puller.isSlow = true;
    puller.wait(bob, 7, members(1, 4));
    puller.wait(cid, 7, members(4));
    assert.deepEqual(puller.askedOf(), [cid]);
    puller.judge();
    assert.deepEqual(puller.asked, [{ of: bob, wanted: [{ statement: voteOf(7), members: members(4) }] }]);
  });

  test('are not asked for any more once this member has verified them otherwise', () => {
    const puller = new Puller();
    const senders = Array.from({ length: ASKED_MAX + 1 }, (_, at) => toMemberIndex(at));
    for (const from of senders) puller.wait(from, 7, members(99));
    assert.equal(puller.askedOf().length, ASKED_MAX);
    puller.pool.keep([claimOf(7, toMemberIndex(99))]);
    puller.give(senders[0] ?? assert.fail(), 7, members(99));
    assert.deepEqual([puller.askedOf(), puller.heard], [[], ['0 7', '8 7']]);
  });

  test('are believed of nobody: a false one costs its giver its messages, and those of others wait on', () => {
    const puller = new Puller();
    puller.wait(bob, 7, members(1, 4));
    puller.wait(cid, 7, members(1, 4));
    puller.give(bob, 7, members(1, 4), { signature: Uint8Array.of(7, 1) });
    assert.deepEqual([puller.blamed, puller.heard, puller.refused], [[bob], [], ['2 unresolved']]);
    assert.equal(puller.pool.signatureOf(voteOf(7), ann), undefined, 'nor is the true one beside it kept');
    puller.give(cid, 7, members(1, 4));
    assert.deepEqual(puller.heard, ['3 7']);
  });

  test('are taken only as they were asked for: of that member, under that statement', () => {
    const puller = new Puller();
    puller.give(bob, 7, members(1));
    puller.wait(bob, 7, members(1));
    puller.give(cid, 7, members(1));
    assert.deepEqual(puller.refused, ['2 unresolved', '3 unresolved']);
    puller.give(bob, 8, members(1));
    assert.deepEqual(
      [puller.heard, puller.refused.at(-1)],
      [[], '2 unresolved'],
      'another statement is no answer',
    );
    assert.equal(puller.pool.signatureOf(voteOf(8), ann), undefined);
  });

  test('that do not come in time, or that the asked one does not hold, drop its messages', () => {
    for (const silent of [true, false]) {
      const puller = new Puller();
      puller.wait(bob, 7, members(1));
      if (silent) puller.pass(SIGNATURES_ANSWER_MS);
      else puller.pull.arrived({ kind: 'signatures-response', given: [] }, bob);
      assert.deepEqual([puller.refused, puller.timers > 0], [['2 unresolved'], true]);
      puller.askedOf();
      puller.wait(bob, 8, members(1));
      assert.deepEqual([puller.askedOf(), puller.refused.length], [[], 2], 'and it rests');
      puller.pass(PULL_PAUSE_MS);
      puller.wait(bob, 8, members(1));
      assert.deepEqual(puller.askedOf(), [bob]);
    }
  });

  test('are asked of a few members at a time, and of the next when those give nothing', () => {
    const puller = new Puller();
    const senders = Array.from({ length: ASKED_MAX + 2 }, (_, at) => toMemberIndex(at));
    for (const from of senders) puller.wait(from, 7, members(99));
    assert.deepEqual(puller.askedOf(), senders.slice(0, ASKED_MAX));
    puller.pass(SIGNATURES_ANSWER_MS);
    assert.deepEqual(puller.askedOf(), senders.slice(ASKED_MAX));
    puller.give(senders[ASKED_MAX + 1] ?? assert.fail(), 7, members(99));
    assert.deepEqual(puller.heard, [`${ASKED_MAX + 1} 7`]);
  });

  test('of a message that cannot be handled bring down nobody', () => {
    const puller = new Puller();
    const hear = (): never => {
      throw new Error('a fault of ours');
    };
    const missing = [{ statement: voteOf(7), members: members(1) }];
    const message = {
      kind: 'incomplete',
      missing,
      lacking: undefined,
      sizeBytes: 1,
      again: () => READ,
      hear,
    } as const;
    puller.pull.wait({ from: bob, message });
    puller.give(bob, 7, members(1));
    assert.deepEqual(puller.refused, ['2 invalid']);
  });

  test('wait within bounds of number and bytes for each sender, and bound nobody else', () => {
    const puller = new Puller();
    for (let view = 1; view <= INCOMPLETE_PER_MEMBER_MAX + 1; view++) puller.wait(bob, view, members(1));
    assert.deepEqual(puller.refused, ['2 unresolved'], 'the oldest');
    puller.wait(cid, 1, members(1), INCOMPLETE_BYTES_PER_MEMBER_MAX + 1);
    assert.deepEqual(puller.refused.at(-1), '3 unresolved');
    puller.wait(dan, 1, members(1), INCOMPLETE_BYTES_PER_MEMBER_MAX);
    puller.wait(dan, 2, members(1), 1);
    assert.deepEqual(puller.refused.slice(2), ['4 unresolved']);
    for (let at = 10; at < 10 + INCOMPLETE_BYTES_MAX / INCOMPLETE_BYTES_PER_MEMBER_MAX; at++)
      puller.wait(toMemberIndex(at), 1, members(1), INCOMPLETE_BYTES_PER_MEMBER_MAX);
    assert.deepEqual(puller.refused.slice(3), ['13 unresolved'], 'and all together within one');
  });

  test('are asked for the newest messages of a member that says more than may wait', () => {
    const puller = new Puller();
    for (let view = 1; view <= INCOMPLETE_PER_MEMBER_MAX + 1; view++) puller.wait(bob, view, members(1));
    for (let view = 1; view <= INCOMPLETE_PER_MEMBER_MAX + 1; view++) puller.pool.keep([claimOf(view, ann)]);
    puller.wait(bob, 99, members(2));
    puller.give(bob, 1, members(1), { signature: largeSignature(1, 1) });
    assert.deepEqual(puller.heard, ['2 3', '2 4', '2 5']);
  });

  test('wait for everybody, however much a few want: the member that has the most loses its messages', () => {
    const puller = new Puller();
    const liars = Array.from({ length: INCOMPLETE_BYTES_MAX / INCOMPLETE_BYTES_PER_MEMBER_MAX }, (_, at) =>
      toMemberIndex(at + 20),
    );
    for (let round = 0; round < 3; round++) {
      for (const liar of liars) puller.wait(liar, 1, members(1), INCOMPLETE_BYTES_PER_MEMBER_MAX);
      puller.refused.length = 0;
      for (const honest of [ann, bob, cid, dan]) {
        puller.wait(honest, 50 + round, members(99), 1_000);
        puller.give(honest, 50 + round, members(99));
      }
      assert.ok(
        puller.refused.every((each) => Number.parseInt(each, 10) >= 20),
        puller.refused.join(),
      );
    }
    assert.equal(puller.heard.filter((each) => Number.parseInt(each, 10) < 20).length, 12);
  });

  test('are kept within the bound of their sender too', () => {
    const puller = new Puller();
    puller.wait(
      bob,
      7,
      [...Array(INCOMPLETE_BYTES_PER_MEMBER_MAX / PART_BYTES_MIN + 2).keys()].map(toMemberIndex),
    );
    for (let member = 0; member <= INCOMPLETE_BYTES_PER_MEMBER_MAX / PART_BYTES_MIN; member++)
      puller.give(bob, 7, members(member), { signature: largeSignature(7, member) });
    assert.deepEqual([puller.refused[0], puller.heard], ['2 unresolved', []]);
  });

  test('that cannot be verified for want of room here are asked for again, and their giver does not rest', () => {
    const puller = new Puller();
    puller.isFull = true;
    puller.wait(bob, 7, members(1));
    puller.give(bob, 7, members(1));
    assert.deepEqual([puller.refused, puller.askedOf()], [[], [bob]]);
    puller.isFull = false;
    puller.pass(OVERLOADED_PAUSE_MS);
    assert.deepEqual(puller.askedOf(), [bob]);
    puller.give(bob, 7, members(1));
    assert.deepEqual([puller.heard, puller.timers], [['2 7'], 0]);
  });

  test('are asked for in as many requests as they need, each within the bounds of one', () => {
    const puller = new Puller();
    const all = Array.from({ length: MEMBERS }, (_, at) => toMemberIndex(at));
    const views = Array.from({ length: STATEMENTS_PER_MEMBER_MAX * MEMBERS + 50 }, (_, view) => view);
    const one = members(1);
    const missing = views.map((view) => ({ statement: voteOf(view), members: view < 20 ? all : one }));
    const hear = (): void => void puller.heard.push('all');
    const message = {
      kind: 'incomplete',
      missing,
      lacking: undefined,
      sizeBytes: 1,
      again: () => READ,
      hear,
    } as const;
    puller.pull.wait({ from: bob, message });
    let requests = 0;
    for (let next = puller.asked.shift(); next !== undefined; next = puller.asked.shift()) {
      requests += 1;
      const named = next.wanted.flatMap((each) => each.members);
      assert.ok(
        named.length <= NAMED_PER_MEMBER_MAX * MEMBERS &&
          next.wanted.length <= STATEMENTS_PER_MEMBER_MAX * MEMBERS,
      );
      const given = next.wanted.map(({ statement, members: by }) => ({
        statement,
        signatures: by.map((member) => claimOf(Number(statement.view), member)),
      }));
      puller.pull.arrived({ kind: 'signatures-response', given }, bob);
    }
    assert.deepEqual([puller.heard, requests, puller.refused], [['all'], 3, []]);
  });

  test('are asked for once, where a message that is heard lacks more and waits again', () => {
    const puller = new Puller();
    const [first = assert.fail(), ...others] = Array.from({ length: ASKED_MAX }, (_, at) =>
      toMemberIndex(at + 10),
    );
    for (const from of [first, ...others]) puller.wait(from, 7, members(99));
    const missing = [{ statement: voteOf(7), members: members(1) }];
    const hear = (): void => puller.wait(bob, 8, members(1));
    const message = {
      kind: 'incomplete',
      missing,
      lacking: undefined,
      sizeBytes: 1,
      again: () => READ,
      hear,
    } as const;
    puller.pull.wait({ from: bob, message });
    puller.pool.keep([claimOf(7, ann)]);
    puller.askedOf();
    puller.give(first, 7, members(99));
    assert.deepEqual(puller.askedOf(), [bob]);
    puller.give(bob, 8, members(1));
    for (const from of others) puller.give(from, 7, members(99));
    assert.deepEqual([puller.heard.includes('2 8'), puller.timers, puller.refused], [true, 0, []]);
  });

  test('are asked for by nobody after the end', () => {
    const puller = new Puller();
    puller.wait(bob, 7, members(1));
    puller.pull.stop();
    puller.pass(10 * SIGNATURES_ANSWER_MS);
    assert.deepEqual([puller.timers, puller.refused, puller.heard], [0, [], []]);
  });
});
