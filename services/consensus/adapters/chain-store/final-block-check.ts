import { assert } from '#libs/assert/assert.ts';
import type { Digest, Height } from '#libs/chain/ids.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import type { Tables } from './tables.ts';

/**
 * Reads a final block with its state, its certificate and the places of its transactions. `named` is its digest as the tip or the block
 * above says it; undefined when neither can be read.
 *
 * @returns about how many bytes that was: those of signatures and transactions.
 * @throws when a part is not as it was written.
 */
export function checkFinalBlock(
  { blocks, final, certificates }: Tables,
  height: Height,
  named: Digest | undefined,
): number {
  const block = blocks.blockAt(height);
  const frontier = blocks.frontierAt(height);
  assert(block !== undefined && frontier !== undefined, `final block ${height} is missing`);
  assert(frontierStateRoot(frontier) === block.header.stateRoot, `the state of block ${height} is damaged`);
  assert(named === undefined || named === block.digest, `block ${height} is another than it was`);
  const digest = final.certificateAt(height);
  const certificate = digest && certificates.get(digest);
  assert(
    certificate === undefined || certificate.digest === block.digest,
    `the certificate of block ${height} is of another`,
  );
  let bytes = certificate?.signatures.reduce((sum, { signature }) => sum + signature.length, 0) ?? 0;
  for (const [index, transaction] of block.transactions.entries()) {
    const position = final.positionOf(transaction.hash);
    assert(
      position?.height === height && position.index === index,
      `transaction ${index} of block ${height} is not found by its hash`,
    );
    bytes += transaction.bytes.length;
  }
  return bytes;
}
