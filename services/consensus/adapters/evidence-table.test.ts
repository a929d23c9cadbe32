import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import { EVIDENCE_PER_MEMBER_MAX, EVIDENCE_PER_POSITION_MAX } from '#libs/engine/ports/evidence-ports.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import type { ChainStore } from './chain-store.ts';
import { openChainStore } from './open-chain-store.ts';

let folder: string;
let store: ChainStore;
let tip = GENESIS;

const open = () =>
  openChainStore({
    path: join(folder, 'chain.db'),
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evidence-table-'));
  store = open();
  tip = GENESIS;
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function proved(evidence: Evidence | undefined): ProvedEvidence {
  assert.ok(evidence);
  return {
    evidence,
    digest: evidenceDigest(evidence, CHAIN_DIGEST),
    content: encodeEvidence(evidence, CHAIN_DIGEST),
  };
}

const doubleVote = (member: number, view: number, height = 1): ProvedEvidence =>
  proved(
    evidenceOf(
      said(member, spoke('prepare', view, 'a', height)),
      said(member, spoke('prepare', view, 'b')),
      toEpoch(0n),
      HOTSTUFF_TABLE,
    ),
  );

const ALL = { after: 0n, countMax: 1_000 };
const digests = (query = {}) => store.evidence.list({ ...ALL, ...query }).map(({ digest }) => digest);

/** Makes a block with this evidence final. */
function commit(...evidence: readonly ProvedEvidence[]): void {
  const { block, frontier } = tip;
  const next = buildBlock({
    parent: block,
    frontier,
    view: toView(block.header.view + 1n),
    epoch: toEpoch(0n),
    proposer: toMemberIndex(1),
    nowMs: 1n,
    transactions: evidence.map(({ content }) => transactionOf(content)),
  });
  store.putBlock(next.block, next.frontier);
  store.commit(certificateFor(next.block, 'commit'));
  tip = next;
}

describe('the evidence of a member', () => {
  test('is there after a restart, in the order it came', () => {
    const lies = [doubleVote(3, 7), doubleVote(1, 9), doubleVote(3, 8)];
    for (const lie of lies) assert.equal(store.evidence.put(lie), 'stored');
    store.close();
    store = open();
    const kept = store.evidence.list(ALL);
    assert.deepEqual(
      kept.map(({ evidence }) => evidence),
      lies.map(({ evidence }) => evidence),
    );
    assert.deepEqual(
      Buffer.concat(kept.map(({ content }) => content)),
      Buffer.concat(lies.map(({ content }) => content)),
    );
  });

  test('is kept once for each contradiction, with the signatures that came first', () => {
    const lie = doubleVote(3, 7);
    const second = { ...lie.evidence.second, signature: Uint8Array.of(9) };
    store.evidence.put(lie);
    assert.equal(store.evidence.put(proved({ ...lie.evidence, second })), 'known');
    assert.deepEqual(
      store.evidence.list(ALL).map(({ evidence }) => evidence),
      [lie.evidence],
    );
  });

  test('is listed by pages, by member and by kind', () => {
    const lies = [doubleVote(3, 7), doubleVote(1, 9), doubleVote(3, 8)];
    const timeouts = proved(
      evidenceOf(said(3, gaveUp(4, 1)), said(3, gaveUp(4, 2)), toEpoch(0n), HOTSTUFF_TABLE),
    );
    for (const lie of [...lies, timeouts]) store.evidence.put(lie);
    const [first, second, third] = lies.map(({ digest }) => digest);
    assert.deepEqual(digests({ countMax: 2 }), [first, second]);
    assert.deepEqual(digests({ after: 2n }), [third, timeouts.digest]);
    assert.deepEqual(digests({ member: 3 }), [first, third, timeouts.digest]);
    assert.deepEqual(digests({ kind: 'contradicting-timeouts' }), [timeouts.digest]);
    assert.deepEqual(digests({ member: 1, kind: 'contradicting-timeouts' }), []);
  });

  test(`BYZ-28: is not kept beyond ${EVIDENCE_PER_POSITION_MAX} of one view and member`, () => {
    for (let height = 2; height < 2 + EVIDENCE_PER_POSITION_MAX; height++) {
      assert.equal(store.evidence.put(doubleVote(3, 7, height)), 'stored');
    }
    assert.equal(store.evidence.put(doubleVote(3, 7, 1_000)), 'full');
    assert.equal(store.evidence.put(doubleVote(3, 8)), 'stored');
    assert.equal(store.evidence.put(doubleVote(1, 7)), 'stored');
  });

  test(`BYZ-28: is not kept beyond ${EVIDENCE_PER_POSITION_MAX} of one view either where others put more into a block`, () => {
    const known = Array.from({ length: EVIDENCE_PER_POSITION_MAX }, (_, each) => doubleVote(3, 7, 2 + each));
    for (const each of known) store.evidence.put(each);
    commit(doubleVote(3, 7, 1_000), known[0]!);
    assert.deepEqual(
      digests(),
      known.map(({ digest }) => digest),
    );
    assert.equal(store.evidence.list(ALL)[0]?.height, 1n);
  });

  test('is not kept beyond so many of one member, in whatever views', () => {
    for (let view = 1; view <= EVIDENCE_PER_MEMBER_MAX; view++) store.evidence.put(doubleVote(3, view));
    assert.equal(store.evidence.put(doubleVote(3, 5_000)), 'full');
    assert.equal(store.evidence.put(doubleVote(1, 5_000)), 'stored');
  });

  test('waits until a block holds it, and then knows the height', () => {
    const [held, waits] = [doubleVote(3, 7), doubleVote(3, 8)];
    store.evidence.put(held);
    store.evidence.put(waits);
    assert.deepEqual(
      store.evidence.pending(9).map(({ digest }) => digest),
      [held.digest, waits.digest],
    );
    commit(held);
    store.close();
    store = open();
    assert.deepEqual(
      store.evidence.pending(9).map(({ digest }) => digest),
      [waits.digest],
    );
    assert.deepEqual(
      store.evidence.list(ALL).map(({ height }) => height),
      [1n, undefined],
    );
  });

  test('is settled by a block that holds it with other signatures', () => {
    const lie = doubleVote(3, 7);
    store.evidence.put(lie);
    commit(proved({ ...lie.evidence, first: { ...lie.evidence.first, signature: Uint8Array.of(5) } }));
    assert.deepEqual(store.evidence.pending(9), []);
    commit(proved({ ...lie.evidence, first: { ...lie.evidence.first, signature: Uint8Array.of(6) } }));
    assert.deepEqual(
      store.evidence.list(ALL).map(({ height }) => height),
      [1n],
    );
    assert.deepEqual(
      store.evidence.list(ALL).map(({ evidence }) => evidence),
      [lie.evidence],
    );
  });

  test('is taken over from a block when it is new, whatever its view', () => {
    const ever = evidenceOf(
      said(3, { ...spoke('prepare', 0, 'a'), view: (2n ** 64n - 1n) as never }),
      said(3, { ...spoke('prepare', 0, 'b'), view: (2n ** 64n - 1n) as never }),
      toEpoch(0n),
      HOTSTUFF_TABLE,
    );
    commit(proved(ever));
    const [kept] = store.evidence.list(ALL);
    assert.deepEqual([kept?.evidence, kept?.height], [ever, 1n]);
  });

  test('is not made of transactions that only begin like it', () => {
    commit({ ...doubleVote(3, 7), content: Buffer.from('btcfed/evidence/v1, says somebody') });
    assert.deepEqual(store.evidence.list(ALL), []);
  });
});
