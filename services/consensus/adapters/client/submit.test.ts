import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import {
  ADDED,
  ENDED,
  FINAL,
  FULL,
  KNOWN,
  RESERVED,
  TOO_MANY_VOTES,
  type TransactionAnswer,
  voteRefused,
  wrongSize,
} from '#libs/engine/ports/submission.ts';
import { TransactionState } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { CLIENT_STATUS } from '../grpc-status.ts';
import { ClientError } from './client-errors.ts';
import { submitTransaction } from './submit.ts';

const SUBMITTER = { client: { kind: 'address', owner: '192.0.2.1' } } as const;

/** A client submits to a member whose node answers this. */
async function submitted(result: TransactionAnswer) {
  const { ports } = memoryMember();
  const mempool = {
    ...ports.mempool,
    submit: (...[, { answer }]: Parameters<typeof ports.mempool.submit>) => answer?.(result),
  };
  return submitTransaction({ ...ports, mempool }, { transaction: Buffer.from('apple') }, SUBMITTER);
}

/** Each answer of a node, and the answer to the client: its code, its status and its sentence. Clients know these. */
const REFUSALS: readonly (readonly [
  TransactionAnswer,
  ClientError['detail']['code'],
  status,
  message: string,
  facts?: object,
])[] = [
  [
    wrongSize('empty', 0),
    'CONSENSUS_TRANSACTION_EMPTY',
    status.INVALID_ARGUMENT,
    'a transaction has at least one byte',
  ],
  [
    wrongSize('too-large', 101),
    'CONSENSUS_TRANSACTION_TOO_LARGE',
    status.INVALID_ARGUMENT,
    'transaction above the limit of the genesis, transaction_bytes_max: it has 101 bytes',
    { sizeBytes: 101, trailer: { 'btcfed-transaction-bytes': '101' } },
  ],
  [
    RESERVED,
    'CONSENSUS_TRANSACTION_RESERVED',
    status.INVALID_ARGUMENT,
    'a transaction must not begin with "btcfed/", unless it is a vote for a change of the members',
  ],
  [
    FULL,
    'CONSENSUS_MEMPOOL_FULL',
    status.RESOURCE_EXHAUSTED,
    'mempool full, or the share of this caller in it: try again when some are final',
  ],
  [
    ENDED,
    'CONSENSUS_STOPPING',
    status.UNAVAILABLE,
    'this member stops and takes no more transactions: submit to another',
  ],
  [
    voteRefused('it cannot be read'),
    'CONSENSUS_VOTE_REFUSED',
    status.FAILED_PRECONDITION,
    'this vote for a change of the membership can stand in no block: it cannot be read',
    { reason: 'it cannot be read', trailer: { 'btcfed-refusal-reason': 'it cannot be read' } },
  ],
  [
    TOO_MANY_VOTES,
    'CONSENSUS_TOO_MANY_VOTES',
    status.RESOURCE_EXHAUSTED,
    'too many votes for changes of the membership wait here to be verified, of this caller or of all: try again in a second',
  ],
  [
    { codespace: 'application', code: 'no-funds', log: 'the account is empty' },
    'CONSENSUS_TRANSACTION_REFUSED',
    status.FAILED_PRECONDITION,
    'the account is empty',
    { reason: 'no-funds', trailer: { 'btcfed-refusal-reason': 'no-funds' } },
  ],
];

describe('the answer to SubmitTransaction', () => {
  for (const result of [ADDED, KNOWN, FINAL]) {
    test(`${result.code}: the transaction waits, or waited a moment ago`, async () => {
      assert.equal((await submitted(result)).state, TransactionState.PENDING);
    });
  }

  for (const [result, code, expected, message, facts = {}] of REFUSALS) {
    test(`${result.codespace} ${result.code}: ${code}, in the words of the answer`, async () => {
      const refusal = await submitted(result).catch((error: unknown) => error);
      assert.ok(refusal instanceof ClientError);
      assert.deepEqual([refusal.detail, refusal.message], [{ code, ...facts }, message]);
      assert.equal(CLIENT_STATUS[code], expected);
    });
  }

  test('has room for the beginning of any reason, in characters that metadata may have', async () => {
    const code = `100% \n${'\u{1f600}'.repeat(1_000)}`;
    const refusal = await submitted({ codespace: 'application', code, log: '' }).catch((error) => error);
    const { 'btcfed-refusal-reason': reason } = refusal.detail.trailer;
    assert.match(reason, /^[ -~]{1,4096}$/);
    assert.ok(code.startsWith(decodeURIComponent(reason).replace(/\ufffd$/u, '')));
  });
});

test('a member that its operator drains takes no transaction, and says that another one does; one that is final stays so', async () => {
  const { ports, chain, intake } = memoryMember();
  const final = chain.append(Buffer.from('final')).transactions[0]?.bytes ?? assert.fail('no transaction');
  intake.close();
  const submit = (transaction: Uint8Array) => submitTransaction(ports, { transaction }, SUBMITTER);
  await assert.rejects(() => submit(Buffer.from('apple')), {
    message:
      'this member takes no new transactions, because its operator is about to stop it: hand it to another member',
    detail: { code: 'CONSENSUS_STOPPING' },
  });
  assert.equal(CLIENT_STATUS.CONSENSUS_STOPPING, status.UNAVAILABLE);
  assert.equal((await submit(final)).state, TransactionState.FINAL);
  intake.open();
  assert.equal((await submit(Buffer.from('apple'))).state, TransactionState.PENDING);
});
