import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { EVENT_LIMITS } from '#libs/events/limits.ts';
import { BlockCommitted } from '#libs/proto/btcfed/event/v1/event.ts';
import { factsOfBlock } from './facts.ts';

interface Vector {
  readonly member: string;
  readonly fact: string;
  readonly blockDigest: string;
  readonly index: number;
  readonly id: string;
}

const file = new URL('../../../test/vectors/fact-ids.json', import.meta.url);
const { facts } = JSON.parse(readFileSync(file, 'utf8')) as { facts: readonly Vector[] };

test('a block has one fact, with the hashes of its transactions, where nobody asked for more', () => {
  const transactions = ['apple', 'pear'].map((text) => transactionOf(Buffer.from(text)));
  const block = { ...genesisBlock({ genesisTimeMs: 0n }), transactions };
  const [fact, ...others] = factsOfBlock(block, { member: 'm0', ofTransactions: false });
  assert.deepEqual(others, []);
  const { transactionHashes } = BlockCommitted.decode(fact?.body ?? assert.fail());
  assert.deepEqual(
    transactionHashes.map((hash) => toDigest(toHex(hash))),
    transactions.map(({ hash }) => hash),
  );
});

test('the fact of a block of any size is one that the stream takes', () => {
  const [transaction] = [transactionOf(Buffer.from('apple'))];
  const transactions = Array.from({ length: 65_536 }, () => transaction);
  const [fact] = factsOfBlock(
    { ...genesisBlock({ genesisTimeMs: 0n }), transactions },
    { member: 'm0', ofTransactions: false },
  );
  const { body } = fact ?? assert.fail();
  assert.ok(body.length > 512 * 1024 && body.length + 1_024 <= EVENT_LIMITS.factBytesMax, `${body.length}`);
  assert.equal(BlockCommitted.decode(body).transactionHashes.length, 16_384);
});

describe('the published ids of facts', () => {
  for (const { member, fact, blockDigest, index, id } of facts) {
    test(`F-31 are these: ${fact} ${index} of ${member}`, () => {
      const transactions = Array.from({ length: index + 1 }, (_, at) =>
        transactionOf(Buffer.from(`transaction ${at}`)),
      );
      const { header } = genesisBlock({ genesisTimeMs: 0n });
      const made = [
        ...factsOfBlock(
          { header, digest: toDigest(blockDigest), transactions },
          { member, ofTransactions: true },
        ),
      ];
      const own = made.filter(({ noun, event }) => `${noun}.${event}` === fact);
      assert.equal(own[index]?.id, id);
    });
  }
});
