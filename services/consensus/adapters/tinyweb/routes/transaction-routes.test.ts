import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { transactionOf } from '#libs/chain/transaction.ts';
import { ClientError } from '../../client/client-errors.ts';
import { PENDING_PER_PAGE_MAX } from './limits.ts';
import { PageBudget } from './page-budget.ts';
import { transactionRoutes } from './transaction-routes.ts';

const transactions = Array.from({ length: 2 * PENDING_PER_PAGE_MAX + 1 }, (_, at) =>
  transactionOf(Uint8Array.of(at % 256, at >> 8)),
);

type Submitted = Parameters<Parameters<typeof transactionRoutes>[0]['submit']>;

function routesOf(answer: () => boolean) {
  const submitted: Submitted[] = [];
  const routes = transactionRoutes(
    {
      waiting: () => transactions.map((transaction) => ({ transaction })),
      submit: async (...given) => {
        submitted.push(given);
        return answer();
      },
    },
    new PageBudget(() => 0),
  );
  const ask = async (path: string, body: object, publicKey?: Uint8Array) => {
    const route = routes.find((each) => each.path === path) ?? assert.fail(path);
    return route.handle({ caller: { publicKey, address: '127.0.0.1' }, body });
  };
  return { ask, submitted };
}

describe('transactions as clients of TinyWeb hand them in', () => {
  test('the engine takes the very bytes, in the share of the key or the address of the caller', async () => {
    let isFinal = false;
    const { ask, submitted } = routesOf(() => isFinal);
    const { hash } = transactionOf(Uint8Array.of(1, 2, 3));
    assert.deepEqual((await ask('/Transaction', { transaction: 'AQID' })).body, {
      response: 'PENDING',
      hash,
    });
    isFinal = true;
    const key = new Uint8Array(32).fill(1);
    assert.deepEqual((await ask('/Transaction', { transaction: 'AQID' }, key)).body, {
      response: 'FINAL',
      hash,
    });
    assert.deepEqual(
      submitted.map(([{ bytes }, client]) => [[...bytes], client]),
      [
        [[1, 2, 3], { kind: 'address', owner: '127.0.0.1' }],
        [[1, 2, 3], { kind: 'key', owner: '01'.repeat(32) }],
      ],
    );
  });

  for (const [code, status] of [
    ['CONSENSUS_MEMPOOL_FULL', 429],
    ['CONSENSUS_TOO_MANY_VOTES', 429],
    ['CONSENSUS_HALTED', 503],
    ['CONSENSUS_STOPPING', 503],
    ['CONSENSUS_TRANSACTION_EMPTY', 400],
    ['CONSENSUS_TRANSACTION_RESERVED', 400],
  ] as const) {
    test(`TW-2.5.7 a transaction that is refused with ${code} gets ${status} and the reason`, async () => {
      const { ask } = routesOf(() => {
        throw new ClientError('because', { code });
      });
      await assert.rejects(ask('/Transaction', { transaction: 'AQID' }), (error: unknown) => {
        assert.ok(error instanceof Error && 'detail' in error);
        const { detail } = error as { detail: { status: number; error: string; field: string } };
        assert.deepEqual(
          [detail.status, detail.error, detail.field],
          [status, 'because', 'body.transaction'],
        );
        return true;
      });
    });
  }
});

test('TW-2.10.4 the transactions that wait come in pages, the oldest first, each once', async () => {
  const { ask } = routesOf(() => true);
  const found: [string, string][] = [];
  const sizes: number[] = [];
  for (let after: unknown, at = 0; at < 4; at++) {
    const { body } = await ask('/GetPendingTransactions', after === undefined ? {} : { after });
    const page = Object.entries(body['pendingTransactions'] as Record<string, string>);
    found.push(...page);
    sizes.push(page.length);
    after = body['next'];
    if (after === null) break;
  }
  assert.deepEqual(sizes, [PENDING_PER_PAGE_MAX, PENDING_PER_PAGE_MAX, 1]);
  assert.deepEqual(
    found,
    transactions.map(({ hash, bytes }) => [hash, Buffer.from(bytes).toString('base64')]),
  );
  await assert.rejects(ask('/GetPendingTransactions', { after: 'ab'.repeat(32) }), /waits no more/);
});
