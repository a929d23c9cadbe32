import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { BODIES_ASKED_MAX } from '../ports/message-limits.ts';
import type { ReadPeerMessage } from '../ports/peer-listener.ts';
import { HASH_KEPT_BYTES } from './body-limits.ts';
import { LackingProposal } from './lacking-proposal.ts';

const MESSAGE_BYTES = 100;
const tx = (text: string): Transaction => transactionOf(new Uint8Array(Buffer.from(text)));

function lacking(...named: readonly Transaction[]) {
  const pool = new Map<string, Transaction>();
  const stillLacking = {
    ...({ kind: 'incomplete', missing: [], lacking: undefined, sizeBytes: MESSAGE_BYTES } as const),
    again: (): ReadPeerMessage => ({ ok: false, cause: 'unresolved', detail: '', incomplete: stillLacking }),
    hear: () => {},
  };
  const hashes = named.map(({ hash }) => hash);
  const block = {
    digest: toDigest('1'.repeat(64)),
    height: toHeight(1n),
    hashes,
    transactionCount: hashes.length,
  };
  const held = { transactionOf: (hash: string) => pool.get(hash) };
  return { pool, proposal: new LackingProposal(toMemberIndex(1), stillLacking, block, held) };
}

describe('a proposal that lacks transactions', () => {
  test('counts its message, the names of what it lacks, and what came for it', () => {
    const { proposal } = lacking(tx('apple'), tx('plum'));
    assert.equal(proposal.sizeBytes, MESSAGE_BYTES + 2 * HASH_KEPT_BYTES);
    proposal.give([tx('apple'), tx('never named')]);
    proposal.give([tx('apple')]);
    assert.equal(proposal.sizeBytes, MESSAGE_BYTES + 2 * HASH_KEPT_BYTES + 'apple'.length);
  });

  test('keeps its size when it waits on for signatures: it holds the transactions meanwhile', () => {
    const { proposal } = lacking(tx('apple'));
    proposal.give([tx('apple')]);
    const read = proposal.read();
    assert.ok(!read.ok && read.incomplete?.sizeBytes === proposal.sizeBytes);
  });

  test('is complete once each came or waits here', () => {
    const { pool, proposal } = lacking(tx('apple'), tx('plum'), tx('pear'));
    proposal.give([tx('plum')]);
    pool.set(tx('apple').hash, tx('apple'));
    assert.deepEqual([proposal.isComplete, proposal.lacked], [false, [tx('pear').hash]]);
    pool.set(tx('pear').hash, tx('pear'));
    assert.deepEqual([proposal.isComplete, proposal.lacked], [true, []]);
  });

  test('tells of many that it lacks no more than shows that they are too many for one request', () => {
    const { proposal } = lacking(...Array.from({ length: 2 * BODIES_ASKED_MAX }, (_, at) => tx(`${at}`)));
    assert.equal(proposal.lacked.length, BODIES_ASKED_MAX + 1);
  });
});
