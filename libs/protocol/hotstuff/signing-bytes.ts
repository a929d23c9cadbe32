import { assert } from '#libs/assert/assert.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import type { SigningScope, VoteStatement } from '../vote/statement.ts';

const STATEMENT_TAG = 'btcfed/statement/v1';
const DIGEST_BYTES = 32;

/**
 * The exact bytes that are signed: tag, chain, protocol, epoch, kind, view, then the height and the digest of the block,
 * or, when a view is given up, the view and the digest of the reported certificate; each of fixed width or behind its
 * length. Ours, never Protobuf's, whose encoding is not canonical. Vectors: test/vectors/signing-bytes.json.
 */
export function signingBytes(scope: SigningScope, statement: VoteStatement): Uint8Array {
  const { kind, instance, view, block, reports } = statement;
  const [report] = reports;
  assert(instance === 0n, 'the views of HotStuff run across heights');
  assert((block === undefined) !== (report === undefined) && reports.length <= 1, `the shape of a ${kind}`);
  const encoder = new Encoder()
    .text(STATEMENT_TAG)
    .fixed(digestBytes(scope.chain), DIGEST_BYTES)
    .text(scope.protocol)
    .u64(scope.epoch)
    .text(kind)
    .u64(view);
  if (block !== undefined) encoder.u64(block.height).fixed(digestBytes(block.digest), DIGEST_BYTES);
  if (report !== undefined) encoder.u64(report.view).fixed(digestBytes(report.digest), DIGEST_BYTES);
  return encoder.finish();
}
