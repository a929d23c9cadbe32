import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { TransactionState } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { anybody } from '#test/support/consensus/callers.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';
import { CLIENT_LIMITS } from './limits.ts';
import { submitTransactions } from './submit-batch.ts';

const CALL = {
  call: { caller: anybody, signal: new AbortController().signal },
  turns: { take: async <Found>(_call: unknown, work: () => Found) => work() },
  limits: { ...CLIENT_LIMITS, batchMax: 4 },
} as const;

const submitTo = ({ ports }: MemoryMember, ...texts: readonly string[]) =>
  submitTransactions(ports, { transactions: texts.map((text) => Buffer.from(text)) }, CALL);

describe('many transactions at once', () => {
  test('have a result each, in order, by the hash of each', async () => {
    const member = memoryMember();
    const { results } = await submitTo(member, 'apple', 'pear', 'apple');
    assert.deepEqual(
      results.map(({ transactionHash, state, refusal }) => [toHex(transactionHash), state, refusal]),
      ['apple', 'pear', 'apple'].map((text) => [
        transactionOf(Buffer.from(text)).hash,
        TransactionState.PENDING,
        undefined,
      ]),
    );
    assert.equal(member.mempool.size, 2);
  });

  test('are refused one by one, and say what one alone would have failed with', async () => {
    const member = memoryMember();
    member.mempoolMax = 1;
    const { results } = await submitTo(member, '', 'apple', 'x'.repeat(101), 'pear');
    assert.deepEqual(
      results.map(({ state, refusal }) => refusal?.code ?? state),
      [
        'CONSENSUS_TRANSACTION_EMPTY',
        TransactionState.PENDING,
        'CONSENSUS_TRANSACTION_TOO_LARGE',
        'CONSENSUS_MEMPOOL_FULL',
      ],
    );
    assert.equal(results[0]?.state, TransactionState.UNSPECIFIED);
    assert.equal(results[0]?.refusal?.message, 'a transaction has at least one byte');
  });

  test('say the reason of an application, or its beginning', async () => {
    const { ports } = memoryMember();
    const code = 'x'.repeat(1_000);
    const mempool = {
      ...ports.mempool,
      submit: (...[, { answer }]: Parameters<typeof ports.mempool.submit>) =>
        answer?.({ codespace: 'application', code, log: 'no' }),
    };
    const { results } = await submitTransactions(
      { ...ports, mempool },
      { transactions: [Buffer.from('apple')] },
      CALL,
    );
    assert.deepEqual(results[0]?.refusal, {
      code: 'CONSENSUS_TRANSACTION_REFUSED',
      message: 'no',
      reason: 'x'.repeat(256),
    });
  });

  test('that are final are so also where the member takes no new ones', async () => {
    const member = memoryMember();
    member.chain.append(Buffer.from('final'));
    member.intake.close();
    const { results } = await submitTo(member, 'final', 'apple');
    assert.deepEqual(
      results.map(({ state, refusal }) => refusal?.code ?? state),
      [TransactionState.FINAL, 'CONSENSUS_STOPPING'],
    );
  });

  test('are all refused where there are none, or more than a call has', async () => {
    const member = memoryMember();
    await assert.rejects(() => submitTo(member), {
      message: 'transactions is empty',
      detail: { code: 'CONSENSUS_REQUEST_INVALID', field: 'transactions' },
    });
    await assert.rejects(() => submitTo(member, '1', '2', '3', '4', '5'), {
      message: 'transactions has 5 items, and a call has 4 at most: use several calls',
      detail: { code: 'CONSENSUS_BATCH_TOO_LARGE' },
    });
    assert.equal(member.mempool.size, 0);
  });
});
