import assert from 'node:assert/strict';
import { headerDigest, sealBlock } from '#libs/chain/block.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import { RANGE_BLOCKS_MAX } from '#libs/engine/ports/range-limits.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { LoneChain } from './lone-chain.ts';
import {
  type Answer,
  type Behaviour,
  certify,
  chainOf,
  forged,
  heightOf,
  honest,
  type PeerPlan,
  SyncBench,
  targetOf,
} from './sync-bench.ts';

/** The chain that honest peers hold. */
export const CHAIN = chainOf({ blocks: 1_000 });
/** A chain that only liars speak of. */
export const OTHER = chainOf({ blocks: 1_000, salt: 7 });
export const good: PeerPlan = { behaviour: honest(CHAIN) };
export const silent: PeerPlan = { behaviour: () => undefined };

/** A member that knows the newest certificate of `CHAIN` and has these peers. */
export function benchWith(...peers: readonly PeerPlan[]): SyncBench {
  const bench = new SyncBench(peers);
  bench.sync.seek(targetOf(CHAIN));
  return bench;
}

/** Changes what an honest peer would say. */
export function liar(change: (range: BlockRange) => BlockRange): PeerPlan {
  const truth = honest(CHAIN);
  const behaviour: Behaviour = (request, ask) => changed(truth(request, ask), change);
  return { behaviour };
}

/** Asserts that the member holds this very chain. */
export function assertSame(bench: SyncBench, chain: LoneChain = CHAIN): void {
  assert.deepEqual(bench.broken, []);
  assert.deepEqual(
    bench.chain.final.map(({ digest }) => digest),
    chain.final.map(({ digest }) => digest),
  );
}

/** Every final block is served with a certificate that leads to it. */
export function assertCertified({ chain }: SyncBench, truth: LoneChain): void {
  for (const [height, { digest }] of chain.final.entries()) {
    assert.equal(digest, truth.final[height]?.digest);
    const proof = chain.certifiedBlock(heightOf(height));
    assert.ok(proof);
    const last = proof.descendants.at(-1);
    assert.equal(proof.certificate.digest, last === undefined ? digest : headerDigest(last));
    assert.ok(proof.descendants.length < RANGE_BLOCKS_MAX);
  }
}

/** The lies that a peer may tell instead of the truth about `CHAIN`. */
export const LIES: Readonly<Record<string, (range: BlockRange) => BlockRange>> = {
  'a certificate with a bad signature': (range) => ({ ...range, certificate: forged(range.certificate) }),
  'a certificate of a height that nobody reached': ({ certificate, ...range }) => ({
    ...range,
    certificate: { ...forged(certificate), height: heightOf(1_000_000) },
  }),
  'a certificate of another block': (range) => ({
    ...range,
    certificate: certify(OTHER.final[Number(range.certificate.height)] ?? OTHER.genesis),
  }),
  'a certificate of another phase': (range) => ({
    ...range,
    certificate: { ...range.certificate, kind: 'prepare' },
  }),
  'a certificate of too few': (range) => ({
    ...range,
    certificate: { ...range.certificate, signatures: range.certificate.signatures.slice(1) },
  }),
  'the genesis certificate': (range) => ({
    ...range,
    certificate: genesisCertificate(HOTSTUFF_TABLE, 'commit', CHAIN.genesis.digest),
  }),
  'blocks of another chain below a true certificate': (range) => ({
    ...range,
    blocks: range.blocks.map((block, index) =>
      index === 0 ? (OTHER.final[Number(block.header.height)] ?? block) : block,
    ),
  }),
  'blocks of other heights': ({ blocks, ...range }) => ({ ...range, blocks: blocks.slice(1) }),
  'blocks in another order': ({ blocks, ...range }) => ({ ...range, blocks: blocks.toReversed() }),
  'more blocks than asked for': (range) => ({ ...range, blocks: [...range.blocks, ...range.blocks] }),
  'true headers with other transactions': ({ blocks, ...range }) => ({
    ...range,
    blocks: blocks.map(({ header }) =>
      sealBlock(header, [transactionOf(Buffer.from('another transaction'))]),
    ),
  }),
  'true headers with a transaction too many': ({ blocks, ...range }) => ({
    ...range,
    blocks: blocks.map(({ header, transactions }) =>
      sealBlock(header, [...transactions, transactionOf(Buffer.from('x'))]),
    ),
  }),
  'headers that lead nowhere': (range) => ({
    ...range,
    descendants: [OTHER.final.at(-1)?.header ?? CHAIN.genesis.header],
  }),
  'no block but a certificate': (range) => ({ ...range, blocks: [] }),
};

export function changed(answer: Answer, change: (range: BlockRange) => BlockRange): Answer {
  return answer === undefined || answer === 'nothing' ? answer : change(answer);
}
