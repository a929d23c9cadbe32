import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Epoch, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { Engine } from './engine.ts';
import { Epochs, type EpochsOptions } from './epochs.ts';
import { ADDED, ENDED, type Submission, type TransactionAnswer } from './ports/submission.ts';

const APPLE = transactionOf(Buffer.from('apple'));

/** The epochs of a node whose engines do nothing but keep the transactions that they are given. */
class Bench {
  readonly given: { readonly epoch: bigint; readonly submission: Submission | undefined }[] = [];
  readonly answers: TransactionAnswer[] = [];
  readonly epochs: Epochs;
  #epoch = 0n;
  #ended: () => void = () => {};

  constructor() {
    const bench = this;
    const options = {
      book: {
        get current() {
          return { epoch: bench.#epoch };
        },
      },
      clock: { nowMs: () => 0, after: (_: number, fire: () => void) => fire() },
      engineOf: ({ epoch }: { epoch: bigint }, ended: () => void) => {
        this.#ended = ended;
        return {
          start: () => {},
          stop: () => {},
          tellWhereabouts: () => {},
          submit: (_: unknown, submission?: Submission) => void this.given.push({ epoch, submission }),
        } as unknown as Engine;
      },
    } as unknown as EpochsOptions;
    this.epochs = new Epochs(options);
    this.epochs.start();
  }

  nextEpoch(): void {
    this.#epoch += 1n;
    this.#ended();
  }

  submit(): void {
    this.epochs.submit(APPLE, { traceId: 'a', answer: (result) => this.answers.push(result) });
  }

  answer(at: number, result: TransactionAnswer): void {
    this.given[at]?.submission?.answer?.(result);
  }

  get epochsGiven(): readonly bigint[] {
    return this.given.map(({ epoch }) => epoch);
  }
}

test('a transaction that was judged while its epoch ended is given to the engine of the next one', () => {
  const bench = new Bench();
  bench.submit();
  bench.nextEpoch();
  bench.answer(0, ENDED);
  assert.deepEqual([bench.epochsGiven, bench.answers], [[0n, 1n], []]);
  assert.equal(bench.given[1]?.submission?.traceId, 'a');
  bench.answer(1, ADDED);
  assert.deepEqual(bench.answers, [ADDED]);
});

test('a transaction that is refused by the engine of today, or of a node that stops, is given to nobody else', () => {
  const bench = new Bench();
  bench.submit();
  bench.answer(0, ENDED);
  bench.submit();
  bench.nextEpoch();
  bench.epochs.stop();
  bench.answer(1, ENDED);
  assert.deepEqual(
    [bench.epochsGiven, bench.answers],
    [
      [0n, 0n],
      [ENDED, ENDED],
    ],
  );
});

/** The answers of a node in epoch 2, which knows the members from epoch `known` on, to a message of an epoch. */
function answersTo(epoch: bigint, known = 0n): readonly unknown[] {
  const answers: unknown[] = [];
  const facts = (of: Epoch) =>
    of < known || of > 2n ? undefined : { root: { height: 10n * of, digest: `${of}` } };
  const options = {
    book: { current: { epoch: toEpoch(2n) }, epoch: facts },
    chain: { certifiedBlock: (height: bigint) => ({ certificate: { digest: `${height / 10n}` } }) },
    peers: { send: (...sent: readonly unknown[]) => answers.push(sent) },
    clock: { nowMs: () => 0, after: () => () => {} },
    engineOf: () => ({
      start: () => {},
      tellWhereabouts: (to: unknown) => answers.push(['whereabouts', to]),
    }),
  } as unknown as EpochsOptions;
  const epochs = new Epochs(options);
  epochs.start();
  epochs.otherEpoch(toMemberIndex(3), toEpoch(epoch));
  return answers;
}

test('a member in an epoch that is over is shown the decision that ended it, in words of every protocol', () => {
  assert.deepEqual(answersTo(1n), [[3, { kind: 'decided', certificate: { digest: '2' } }, 1n]]);
  assert.deepEqual(answersTo(0n), [[3, { kind: 'decided', certificate: { digest: '1' } }, 0n]]);
});

test('a member in a later epoch is told where this one is, and one in an epoch that is not known here nothing', () => {
  assert.deepEqual(answersTo(3n), [['whereabouts', 3]]);
  assert.deepEqual(answersTo(0n, 1n), []);
});
