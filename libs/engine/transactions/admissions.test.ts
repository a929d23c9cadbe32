import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Digest } from '#libs/chain/ids.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import {
  ADDED,
  type ApplicationAnswer,
  FINAL,
  FULL,
  KNOWN,
  OK,
  type TransactionAnswer,
  wrongSize,
} from '../ports/submission.ts';
import { Admissions } from './admissions.ts';
import { Mempool } from './mempool.ts';
import { CHECKS_MAX } from './mempool-limits.ts';

const SHARE = { countMax: 4, bytesMax: 100 };
const LIMITS = { transactionBytesMax: 20, clients: SHARE, members: SHARE, eachMember: SHARE };
const REFUSED: ApplicationAnswer = {
  codespace: 'application',
  code: 'no-funds',
  log: 'the account is empty',
};

/** A mempool with an application that judges at once or when a test lets it. */
class Bench {
  readonly final = new Set<Digest>();
  readonly mempool = new Mempool(LIMITS, (hash) => this.final.has(hash));
  readonly asked: Transaction[] = [];
  readonly answers: TransactionAnswer[] = [];
  readonly waiting: ((judged: ApplicationAnswer) => void)[] = [];
  readonly admissions: Admissions;

  constructor(judged?: ApplicationAnswer) {
    this.admissions = new Admissions({
      mempool: this.mempool,
      application: {
        check: (transaction, answer) => {
          this.asked.push(transaction);
          if (judged === undefined) this.waiting.push(answer);
          else answer(judged);
        },
      },
      nowMs: () => 7,
    });
  }

  admit(text: string, source: 'client' | number = 'client'): Transaction {
    const transaction = transactionOf(Buffer.from(text));
    const giver = source === 'client' ? source : toMemberIndex(source);
    const candidate = { transaction, source: giver, client: undefined, traceId: undefined };
    this.admissions.admit(candidate, (result) => this.answers.push(result));
    return transaction;
  }
}

describe('a transaction that is to wait for a block', () => {
  test('waits when neither the mempool nor the application has anything against it', () => {
    const bench = new Bench(OK);
    const { hash } = bench.admit('a');
    assert.deepEqual([bench.answers, bench.mempool.get(hash)?.firstSeenMs], [[ADDED], 7]);
  });

  test('is shown to the application last: not when it has no size, waits, is final, or has no room', () => {
    const bench = new Bench(OK);
    bench.final.add(transactionOf(Buffer.from('done')).hash);
    for (const text of ['', 'x'.repeat(21), 'a', 'a', 'done', 'b', 'c', 'd', 'e']) bench.admit(text);
    assert.deepEqual(bench.answers, [
      ...[wrongSize('empty', 0), wrongSize('too-large', 21), ADDED, KNOWN, FINAL],
      ...[ADDED, ADDED, ADDED, FULL],
    ]);
    assert.deepEqual(
      bench.asked.map(({ bytes }) => `${Buffer.from(bytes)}`),
      ['a', 'b', 'c', 'd'],
    );
  });

  test('is refused in the words of the application, whoever gave it', () => {
    const bench = new Bench(REFUSED);
    bench.admit('a');
    bench.admit('a', 2);
    assert.deepEqual([bench.answers, bench.mempool.size], [[REFUSED, REFUSED], 0]);
  });

  test('may be judged later, and is held as a copy until then', () => {
    const bench = new Bench();
    const given = bench.admit('a');
    const { hash } = given;
    given.bytes.fill(0);
    assert.deepEqual(bench.answers, []);
    bench.waiting[0]?.(OK);
    assert.deepEqual(bench.answers, [ADDED]);
    assert.equal(`${Buffer.from(bench.mempool.get(hash)?.transaction.bytes ?? [])}`, 'a');
  });

  test('that is judged later is answered by what has become of it meanwhile', () => {
    const bench = new Bench();
    const first = bench.admit('a');
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) bench.admit(text);
    bench.final.add(transactionOf(Buffer.from('b')).hash);
    for (const answer of bench.waiting) answer(OK);
    assert.deepEqual(bench.answers, [ADDED, KNOWN, FINAL, ADDED, ADDED, ADDED, FULL]);
    assert.ok(bench.mempool.has(first.hash));
  });

  test('that is judged after its engine has ended comes too late: nobody would spread it', () => {
    const bench = new Bench();
    bench.admit('a');
    bench.admissions.stop();
    bench.waiting[0]?.(OK);
    assert.deepEqual([bench.answers, bench.mempool.size], [[FULL], 0]);
  });

  test('is turned away while the application judges as many as may be held', () => {
    const bench = new Bench();
    for (let at = 0; at <= CHECKS_MAX; at++) bench.admit(`${at}`);
    assert.deepEqual([bench.asked.length, bench.answers], [CHECKS_MAX, [FULL]]);
    bench.waiting[0]?.(REFUSED);
    bench.admit('again');
    assert.equal(bench.asked.length, CHECKS_MAX + 1);
  });
});
