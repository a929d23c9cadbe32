import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
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

describe('the published ids of facts', () => {
  for (const { member, fact, blockDigest, index, id } of facts) {
    test(`F-31 are these: ${fact} ${index} of ${member}`, () => {
      const transactions = Array.from({ length: index + 1 }, (_, at) =>
        transactionOf(Buffer.from(`transaction ${at}`)),
      );
      const { header } = genesisBlock({ genesisTimeMs: 0n });
      const made = [...factsOfBlock({ header, digest: toDigest(blockDigest), transactions }, member)];
      const own = made.filter(({ noun, event }) => `${noun}.${event}` === fact);
      assert.equal(own[index]?.id, id);
    });
  }
});
