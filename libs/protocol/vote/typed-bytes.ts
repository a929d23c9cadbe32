import { Encoder } from '#libs/bytes/encoder.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import type { SigningScope, VoteStatement } from './statement.ts';

const TYPED_TAG = 'btcfed/typed-statement/v1';
const DIGEST_BYTES = 32;

/** Signing bytes of the protocols of locked rounds: everything of fixed width or behind its length. */
export function typedBytes({ chain, protocol, epoch }: SigningScope, statement: VoteStatement): Uint8Array {
  const encoder = new Encoder()
    .text(TYPED_TAG)
    .fixed(digestBytes(chain), DIGEST_BYTES)
    .text(protocol)
    .u64(epoch);
  return putTyped(encoder, statement).finish();
}

/** Appends a statement of any shape: as it is signed, and as evidence holds it. */
export function putTyped(encoder: Encoder, { kind, instance, view, block, reports }: VoteStatement): Encoder {
  encoder
    .text(kind)
    .u64(instance)
    .u64(view)
    .u32(block === undefined ? 0 : 1);
  if (block !== undefined) encoder.u64(block.height).fixed(digestBytes(block.digest), DIGEST_BYTES);
  encoder.u32(reports.length);
  for (const report of reports) {
    encoder.u64(report.instance).u64(report.view).fixed(digestBytes(report.digest), DIGEST_BYTES);
  }
  return encoder;
}
