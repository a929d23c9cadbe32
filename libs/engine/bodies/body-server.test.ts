import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { HandClock } from '#test/support/engine/hand-clock.ts';
import {
  BODIES_ANSWER_BYTES_MAX,
  BODIES_SERVED_BYTES_MAX,
  BODIES_SERVED_PER_SECOND_MAX,
} from './body-limits.ts';
import { BodyServer } from './body-server.ts';

const [ann, bob] = [1, 2].map(toMemberIndex) as [never, never];
const SECOND_MS = 1_000;
const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));
const large = (name: number, sizeBytes: number) => transactionOf(new Uint8Array(sizeBytes).fill(name));

const MEMBERS = 4;

function server(...waiting: readonly Transaction[]) {
  return serverOf(MEMBERS, waiting);
}

function serverOf(members: number, waiting: readonly Transaction[]) {
  const clock = new HandClock();
  const given: (readonly Digest[])[] = [];
  const pool = new Map(waiting.map((each) => [each.hash, each]));
  const own = new BodyServer({
    clock,
    members,
    held: { transactionOf: (hash) => pool.get(hash) },
    peers: {
      send: (_, body) => {
        assert.ok(body.kind === 'bodies-response');
        given.push(body.transactions.map(({ hash }) => hash));
      },
    },
  });
  const ask = (from: Parameters<BodyServer['answer']>[1], ...wanted: readonly Transaction[]): boolean =>
    own.answer({ kind: 'bodies-request', hashes: wanted.map(({ hash }) => hash) }, from);
  return { clock, given, ask };
}

describe('BodyServer', () => {
  test('gives what waits here, in the order asked for, and nothing where it has nothing', () => {
    const { given, ask } = server(tx('apple'), tx('plum'));
    assert.ok(ask(ann, tx('plum'), tx('unknown'), tx('apple')));
    assert.ok(ask(ann, tx('unknown')));
    assert.deepEqual(given, [[tx('plum').hash, tx('apple').hash]]);
  });

  test('gives as much as goes into one answer, and one transaction at any size', () => {
    const halves = [1, 2, 3].map((name) => large(name, BODIES_ANSWER_BYTES_MAX / 2));
    const huge = large(9, 4 * BODIES_ANSWER_BYTES_MAX);
    const { given, ask } = server(...halves, huge);
    ask(ann, ...halves);
    ask(ann, huge, ...halves);
    assert.deepEqual(given, [halves.slice(0, 2).map(({ hash }) => hash), [huge.hash]]);
  });

  test('answers each member so often in a second, and others all the same', () => {
    const { clock, given, ask } = server(tx('apple'));
    for (let count = 0; count < BODIES_SERVED_PER_SECOND_MAX; count++) assert.ok(ask(ann, tx('apple')));
    assert.equal(ask(ann, tx('apple')), false);
    assert.ok(ask(bob, tx('apple')));
    assert.equal(given.length, BODIES_SERVED_PER_SECOND_MAX + 1);
    clock.pass(SECOND_MS);
    assert.ok(ask(ann, tx('apple')));
  });

  test('gives all members so many bytes in a second, and each a part of its own', () => {
    const huge = large(1, 4 * BODIES_ANSWER_BYTES_MAX);
    const { given, ask } = server(huge);
    for (let count = 0; ask(ann, huge); count++) assert.ok(count < BODIES_SERVED_PER_SECOND_MAX);
    const bytes = given.length * huge.bytes.length;
    assert.ok(bytes >= BODIES_SERVED_BYTES_MAX / 2 && bytes <= BODIES_SERVED_BYTES_MAX, `${bytes} bytes`);
    assert.ok(ask(bob, huge));
  });

  for (const members of [4, 100, 512])
    test(`gives ${members} members that ask for all they can no more than one and a half times the bytes of a second, and each something`, () => {
      const served = servedTo(members);
      const bytes = served.reduce((sum, each) => sum + each, 0);
      assert.equal(served.length, members - 1);
      assert.ok(bytes <= 1.5 * BODIES_SERVED_BYTES_MAX + members * PART_BYTES, `${bytes} bytes`);
      const ownPart = Math.min(BODIES_ANSWER_BYTES_MAX, BODIES_SERVED_BYTES_MAX / (2 * members));
      const least = Math.min(...served);
      assert.ok(least >= ownPart - PART_BYTES, `${least} bytes`);
    });
});

const PART_BYTES = 16 * 1024;

/** Bytes of transactions that a member gives each of the others in a second, who ask for 4 MiB as long as it answers, in turn. */
function servedTo(members: number): readonly number[] {
  const transactions = Array.from({ length: 256 }, (_, name) => {
    const bytes = new Uint8Array(PART_BYTES);
    bytes[0] = name;
    return transactionOf(bytes);
  });
  const { given, ask } = serverOf(members, transactions);
  const served = new Map(Array.from({ length: members - 1 }, (_, at) => [toMemberIndex(at + 1), 0]));
  const asking = new Set(served.keys());
  while (asking.size > 0)
    for (const member of asking) {
      if (ask(member, ...transactions))
        served.set(member, (served.get(member) ?? 0) + (given.at(-1)?.length ?? 0) * PART_BYTES);
      else asking.delete(member);
    }
  return [...served.values()];
}
