import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Digest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { BATCH_BYTES_MAX, type PlacedItem, type SubmittedItem } from '#libs/client/batches.ts';
import { RemoteError } from '#libs/grpc/client.ts';
import { RETRY_LIMITS } from '../words/limits.ts';
import { type BatchSubmissionOptions, type HandedIn, submitInBatches } from './batch-submission.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const hashOf = (text: string): Digest => transactionOf(bytesOf(text)).hash;

const refusedAs = (code: string) => ({ code, message: `not now: ${code}`, reason: '' });

/** A member that has room for `room` transactions more, until some are final. */
class FakeMember {
  room = Number.POSITIVE_INFINITY;
  calls = 0;
  waits = 0;
  /** Errors of the next calls, of either kind. */
  readonly failures: Error[] = [];
  readonly #taken: Digest[] = [];

  async submitMany(transactions: readonly Uint8Array[]): Promise<readonly SubmittedItem[]> {
    this.calls += 1;
    this.#fail();
    return transactions.map((bytes) => {
      const { hash } = transactionOf(bytes);
      if (Buffer.from(bytes).includes('bad'))
        return { hash, state: 'refused', refusal: refusedAs('CONSENSUS_TRANSACTION_RESERVED') };
      if (this.#taken.length >= this.room)
        return { hash, state: 'refused', refusal: refusedAs('CONSENSUS_MEMPOOL_FULL') };
      this.#taken.push(hash);
      return { hash, state: 'pending' };
    });
  }

  async *waitMany(hashes: readonly Digest[]): AsyncGenerator<readonly PlacedItem[]> {
    this.waits += 1;
    for (const [item] of hashes.entries()) {
      this.#fail();
      yield [{ item, height: 7n, index: item }];
    }
  }

  #fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

const failure = (status: string): RemoteError =>
  new RemoteError(`failed with ${status}`, { code: 'REMOTE_CALL_FAILED', method: 'any', status });

async function handIn(
  member: FakeMember,
  texts: readonly string[],
  facts: Partial<Pick<BatchSubmissionOptions, 'isAwaited' | 'deadlineMs'>> = {},
) {
  const told: HandedIn[] = [];
  await submitInBatches(texts.map(bytesOf), {
    client: member,
    ...{ isAwaited: false, batchesAtOnce: 2, deadlineMs: 60_000, ...facts },
    signal: new AbortController().signal,
    told: (handed) => told.push(handed),
  });
  return told;
}

describe('transactions in batches', () => {
  test('are told in order, each by its hash, with refusals among them', async () => {
    const told = await handIn(new FakeMember(), ['apple', 'bad', 'pear']);
    assert.deepEqual(told, [
      { index: 0, hash: hashOf('apple'), state: 'pending' },
      {
        index: 1,
        hash: hashOf('bad'),
        state: 'refused',
        refusal: refusedAs('CONSENSUS_TRANSACTION_RESERVED'),
      },
      { index: 2, hash: hashOf('pear'), state: 'pending' },
    ]);
  });

  test('are final at their places where that is awaited', async () => {
    const told = await handIn(new FakeMember(), ['apple', 'bad', 'pear'], { isAwaited: true });
    assert.deepEqual(
      told.map((each) => [
        each.index,
        each.state,
        'height' in each ? [each.height, each.position] : undefined,
      ]),
      [
        [1, 'refused', undefined],
        [0, 'final', [7n, 0]],
        [2, 'final', [7n, 1]],
      ],
    );
  });

  test('that find no room are handed in again, alone, until they do', async () => {
    const member = new FakeMember();
    member.room = 1;
    setTimeout(() => {
      member.room = 3;
    }, 10);
    const told = await handIn(member, ['apple', 'pear', 'plum']);
    assert.deepEqual(
      told.map(({ index, state }) => [index, state]),
      [
        [0, 'pending'],
        [1, 'pending'],
        [2, 'pending'],
      ],
    );
    assert.ok(member.calls >= 2);
  });

  test('that find no room until the deadline are refused', async () => {
    const member = new FakeMember();
    member.room = 0;
    const [told] = await handIn(member, ['apple'], { deadlineMs: 1 });
    assert.deepEqual(told?.state === 'refused' && told.refusal.code, 'CONSENSUS_MEMPOOL_FULL');
  });

  test('outlive errors that pass: the same are handed in, and those left are waited for', async () => {
    const member = new FakeMember();
    member.failures.push(failure('UNAVAILABLE'));
    const told = await handIn(member, ['apple', 'pear', 'plum'], { isAwaited: true });
    assert.deepEqual(told.map(({ index }) => index).toSorted(), [0, 1, 2]);
    assert.equal(member.calls, 2);
  });

  test('are told once where the stream of places breaks in the middle', async () => {
    const member = new FakeMember();
    const { waitMany } = member;
    let broken = false;
    member.waitMany = async function* (hashes) {
      for await (const places of waitMany.call(member, hashes)) {
        yield places;
        if (broken) continue;
        broken = true;
        throw failure('UNAVAILABLE');
      }
    };
    const told = await handIn(member, ['apple', 'pear', 'plum'], { isAwaited: true });
    assert.deepEqual(
      told.map(({ index, hash }) => [index, hash]),
      [
        [0, hashOf('apple')],
        [1, hashOf('pear')],
        [2, hashOf('plum')],
      ],
    );
    assert.equal(member.waits, 2);
  });

  test('that are not final at the deadline are told as pending', async () => {
    const member = new FakeMember();
    member.waitMany = async function* () {
      yield [{ item: 1, height: 7n, index: 0 }];
      throw failure('DEADLINE_EXCEEDED');
    };
    const told = await handIn(member, ['apple', 'pear'], { isAwaited: true });
    assert.deepEqual(
      told.map(({ index, state }) => [index, state]),
      [
        [1, 'final'],
        [0, 'pending'],
      ],
    );
  });

  test('end with the error of a member that refuses them all', async () => {
    const member = new FakeMember();
    member.failures.push(failure('FAILED_PRECONDITION'));
    await assert.rejects(() => handIn(member, ['apple']), { message: 'failed with FAILED_PRECONDITION' });
    assert.equal(member.calls, 1);
  });

  test('that were taken in are told as pending when the member goes away for good', async () => {
    const member = new FakeMember();
    member.waitMany = async function* () {
      yield [{ item: 1, height: 7n, index: 0 }];
      throw failure('UNAUTHENTICATED');
    };
    const told: HandedIn[] = [];
    const failed = submitInBatches(['apple', 'pear'].map(bytesOf), {
      ...{ client: member, isAwaited: true, batchesAtOnce: 1, deadlineMs: 60_000 },
      signal: new AbortController().signal,
      told: (handed) => told.push(handed),
    });
    await assert.rejects(failed, { message: 'failed with UNAUTHENTICATED' });
    assert.deepEqual(
      told.map(({ index, state }) => [index, state]),
      [
        [1, 'final'],
        [0, 'pending'],
      ],
    );
  });

  test('all end with the first failure, and none is tried again behind the back of its caller', async () => {
    const member = new FakeMember();
    member.failures.push(failure('UNAVAILABLE'), failure('FAILED_PRECONDITION'));
    // Two batches by their size, on their way at once.
    const large = [0, 1].map((value) => new Uint8Array(BATCH_BYTES_MAX).fill(value));
    const failed = submitInBatches(large, {
      ...{ client: member, isAwaited: false, batchesAtOnce: 2, deadlineMs: 60_000 },
      signal: new AbortController().signal,
      told: () => assert.fail('nothing was taken in'),
    });
    await assert.rejects(failed, { message: 'failed with FAILED_PRECONDITION' });
    await new Promise((resolve) => setTimeout(resolve, RETRY_LIMITS.backoffMsMin * 2));
    assert.equal(member.calls, 2);
  });

  test('stop when a person stops them', async () => {
    const signal = AbortSignal.abort(new Error('stopped on request'));
    const member = new FakeMember();
    const options = { client: member, isAwaited: false, batchesAtOnce: 1, deadlineMs: 1_000, told: () => {} };
    await assert.rejects(
      () => submitInBatches([bytesOf('apple')], { ...options, signal }),
      /stopped on request/,
    );
    assert.equal(member.calls, 0);
  });
});
