import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Digest } from '#libs/chain/ids.ts';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import {
  ADDED,
  type ApplicationAnswer,
  ENDED,
  FAILED,
  FINAL,
  FULL,
  KNOWN,
  OK,
  type TransactionAnswer,
  wrongSize,
} from '../ports/submission.ts';
import { Admissions } from './admissions.ts';
import { ApplicationChecks } from './application-checks.ts';
import { Mempool } from './mempool.ts';
import { CHECKS_MAX, checkLimits, mempoolLimits } from './mempool-limits.ts';

const SHARE = { countMax: 4, bytesMax: 100 };
const LIMITS = { transactionBytesMax: 20, clients: SHARE, members: SHARE, eachMember: SHARE };
const REFUSED: ApplicationAnswer = {
  codespace: 'application',
  code: 'no-funds',
  log: 'the account is empty',
};

const MEMBERS = 4;
/** Room for far more than the application may judge at one time, in number, and for 88 of the largest of clients. */
const ROOMY = mempoolLimits({ transactionsMax: 1_000, bytesMax: 10_000, transactionBytesMax: 900 }, MEMBERS);

interface Giver {
  readonly source?: 'client' | number;
  readonly client?: string;
}

/** A mempool with an application that judges at once or when a test lets it. */
class Bench {
  readonly final = new Set<Digest>();
  readonly mempool: Mempool;
  readonly asked: Transaction[] = [];
  readonly answers: TransactionAnswer[] = [];
  readonly waiting: ((judged: ApplicationAnswer) => void)[] = [];
  readonly failures: unknown[] = [];
  /** Its text makes the application throw. */
  poison: string | undefined;
  readonly checks: ApplicationChecks;
  admissions: Admissions;

  constructor(judged?: ApplicationAnswer, limits = LIMITS) {
    this.mempool = new Mempool(limits, (hash) => this.final.has(hash));
    this.checks = new ApplicationChecks({
      limits: checkLimits(limits, MEMBERS),
      failed: (error) => this.failures.push(error),
      application: {
        check: (transaction, answer) => {
          this.asked.push(transaction);
          if (`${Buffer.from(transaction.bytes)}` === this.poison) throw new Error('no such account');
          if (judged === undefined) this.waiting.push(answer);
          else answer(judged);
        },
      },
    });
    this.admissions = this.newEngine();
  }

  /** The admissions of the next epoch. */
  newEngine(): Admissions {
    const { mempool, checks } = this;
    return new Admissions({ mempool, checks, nowMs: () => 7 });
  }

  admit(text: string, { source = 'client', client }: Giver = {}): Transaction {
    const transaction = transactionOf(Buffer.from(text));
    const candidate = {
      transaction,
      source: source === 'client' ? source : toMemberIndex(source),
      client: client === undefined ? undefined : ({ kind: 'key', owner: client } as const),
      traceId: undefined,
    };
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
    bench.admit('a', { source: 2 });
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
    for (const text of ['a', 'b', 'c']) bench.admit(text);
    bench.final.add(transactionOf(Buffer.from('b')).hash);
    for (const text of ['d', 'e', 'f']) {
      bench.mempool.add(transactionOf(Buffer.from(text)), 'client', 7);
    }
    for (const answer of bench.waiting) answer(OK);
    assert.deepEqual(bench.answers, [ADDED, KNOWN, FINAL, FULL]);
    assert.ok(bench.mempool.has(first.hash));
  });

  test('that is judged after its engine has ended comes too late: nobody would spread it', () => {
    const bench = new Bench();
    bench.admit('a');
    bench.admissions.stop();
    bench.waiting[0]?.(OK);
    assert.deepEqual([bench.answers, bench.mempool.size], [[ENDED], 0]);
  });

  test('is turned away while the application judges as many of clients as may be held', () => {
    const bench = new Bench(undefined, ROOMY);
    for (let at = 0; at <= CHECKS_MAX; at++) bench.admit(`${at}`);
    assert.deepEqual([bench.asked.length, bench.answers], [CHECKS_MAX, [FULL]]);
    bench.waiting[0]?.(REFUSED);
    bench.admit('again');
    assert.equal(bench.asked.length, CHECKS_MAX + 1);
  });

  test('counts to the checks of an epoch that is over: the application holds them still', () => {
    const bench = new Bench(undefined, ROOMY);
    for (let at = 0; at < CHECKS_MAX; at++) bench.admit(`${at}`);
    bench.admissions.stop();
    bench.admissions = bench.newEngine();
    bench.admit('next');
    assert.deepEqual([bench.asked.length, bench.answers], [CHECKS_MAX, [FULL]]);
  });

  for (const [greedy, other] of [
    [{ client: 'greedy' }, { client: 'other' }],
    [{ source: 1 }, { source: 2 }],
    [{ source: 1 }, { client: 'other' }],
  ]) {
    test(`finds room although ${JSON.stringify(greedy)} has as much judged as it can: ${JSON.stringify(other)}`, () => {
      for (const text of ['', 'x'.repeat(890)]) {
        const bench = new Bench(undefined, ROOMY);
        for (let at = 0; bench.answers.length === 0; at++) bench.admit(`${text}${at}`, greedy);
        assert.deepEqual(bench.answers, [FULL]);
        const before = bench.asked.length;
        bench.admit(`${text}other`, other);
        assert.deepEqual([bench.asked.length, bench.answers], [before + 1, [FULL]]);
      }
    });
  }

  test('is judged only while all that is judged has no more bytes than may be held', () => {
    const bench = new Bench(undefined, { ...ROOMY, clients: { countMax: 1_000, bytesMax: 100 } });
    for (let at = 0; bench.answers.length === 0; at++) bench.admit(`${at}`.padEnd(20, 'x'));
    const bytes = bench.asked.reduce((sum, each) => sum + each.bytes.length, 0);
    assert.deepEqual([bytes, bench.answers], [100, [FULL]]);
  });

  test('is refused where the application throws, which says so, and frees its place', () => {
    const bench = new Bench(undefined, ROOMY);
    bench.poison = 'poison';
    for (let at = 0; at <= CHECKS_MAX; at++) bench.admit('poison');
    assert.deepEqual(new Set(bench.answers), new Set([FAILED]));
    assert.match(String(bench.failures[0]), /no such account/);
    assert.deepEqual([bench.failures.length, bench.mempool.size], [CHECKS_MAX + 1, 0]);
    bench.admit('sound');
    assert.equal(bench.waiting.length, 1);
  });

  test('is answered once, and frees one place, however often the application answers', () => {
    const bench = new Bench(undefined, ROOMY);
    for (let at = 0; at < CHECKS_MAX; at++) bench.admit(`${at}`);
    for (let times = 0; times < 3; times++) bench.waiting[0]?.(REFUSED);
    assert.deepEqual(bench.answers, [REFUSED]);
    for (const text of ['first', 'second']) bench.admit(text);
    assert.deepEqual([bench.asked.length, bench.answers], [CHECKS_MAX + 1, [REFUSED, FULL]]);
  });

  test('brings the errors of those who are answered to who asked: they are no fault of the application', () => {
    const bench = new Bench(OK);
    const candidate = {
      transaction: transactionOf(Buffer.from('a')),
      source: 'client',
      client: undefined,
      traceId: undefined,
    } as const;
    const broken = (): void => {
      throw new Error('of a listener');
    };
    assert.throws(() => bench.admissions.admit(candidate, broken), /of a listener/);
    assert.deepEqual(bench.failures, []);
  });
});
