import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { fitting } from './fitting-messages.ts';

const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const certificate = genesisCertificate(PBFT_TABLE, 'commit', GENESIS.digest);

function rangeOf(length: number): PeerMessageBody {
  const blocks = Array.from({ length }, (_, at) =>
    sealBlock({ ...GENESIS.header, timestampMs: BigInt(at), transactionCount: 0 }, []),
  );
  return { kind: 'blocks-response', requestId: 7n, range: { blocks, certificate, descendants: [] } };
}

const blocksIn = (body: PeerMessageBody): number =>
  body.kind === 'blocks-response' ? (body.range?.blocks.length ?? 0) : -1;

test('TW-2.5.6 a range of more than 50 blocks goes with fewer, and headers lead on to its certificate', () => {
  const whole = rangeOf(128);
  const [only, ...others] = fitting(whole, () => true);
  assert.deepEqual(others, []);
  assert.ok(only?.kind === 'blocks-response' && whole.kind === 'blocks-response');
  assert.equal(only.range?.blocks.length, 50);
  const headers = whole.range?.blocks.map(({ header }) => header) ?? [];
  assert.deepEqual([...(only.range?.blocks.map(({ header }) => header) ?? [])], headers.slice(0, 50));
  assert.deepEqual(only.range?.descendants, headers.slice(50));
  assert.equal(only.range?.certificate, certificate);
});

test('TW-2.5.6 a range that is too large goes with as few blocks as fit, and one block that is too large not at all', () => {
  assert.deepEqual(fitting(rangeOf(40), (body) => blocksIn(body) <= 5).map(blocksIn), [5]);
  assert.deepEqual(
    fitting(rangeOf(40), () => false),
    [],
  );
});

test('transactions that do not fit together go in parts, each once and with its trace id', () => {
  const transactions = [1, 2, 3, 4, 5].map((value) => transactionOf(Uint8Array.of(value)));
  const traceIds = transactions.map((_, at) => (at === 1 ? undefined : `trace ${at}`));
  const parts = fitting(
    { kind: 'transactions', transactions, traceIds },
    (body) => body.kind === 'transactions' && body.transactions.length <= 2,
  );
  const sent = parts.flatMap((part) => (part.kind === 'transactions' ? part.transactions : []));
  const ids = parts.flatMap((part) => (part.kind === 'transactions' ? (part.traceIds ?? []) : []));
  assert.deepEqual([sent, ids], [transactions, traceIds]);
  const bodies = fitting({ kind: 'bodies-response', transactions }, (body) =>
    body.kind === 'bodies-response' ? body.transactions.length <= 3 : false,
  );
  assert.deepEqual(
    bodies.flatMap((part) => (part.kind === 'bodies-response' ? part.transactions : [])),
    transactions,
  );
});
