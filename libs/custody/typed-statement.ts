import { Encoder } from '#libs/bytes/encoder.ts';
import { type Digest, digestBytes, type View } from '#libs/chain/ids.ts';
import type { SigningScope, Statement } from '#libs/protocol/statement.ts';

/** A certificate that a member reports when it gives up a view. */
export interface Report {
  readonly instance: bigint;
  readonly view: View;
  readonly digest: Digest;
}

/** A statement of any protocol, as custody sees it. */
export interface TypedStatement {
  readonly kind: string;
  readonly instance: bigint;
  /** The view it is signed in; for one that gives a view up, that view. */
  readonly view: View;
  /** Height and digest of the block; undefined for a statement about no block. */
  readonly block: { readonly height: bigint; readonly digest: Digest } | undefined;
  /** The certificates that a statement reports when it gives up a view; empty for all others. */
  readonly reports: readonly Report[];
}

/** A HotStuff statement. Its views run across heights, so all of it is one instance. */
export function fromHotStuff(statement: Statement): TypedStatement {
  const { kind, view } = statement;
  if (statement.kind !== 'timeout') {
    const { height, digest } = statement;
    return { kind, instance: 0n, view, block: { height, digest }, reports: [] };
  }
  const { highView, highDigest } = statement;
  const reports = [{ instance: 0n, view: highView, digest: highDigest }];
  return { kind, instance: 0n, view, block: undefined, reports };
}

const TYPED_TAG = 'btcfed/typed-statement/v1';
const DIGEST_BYTES = 32;

/** Signing bytes of the protocols of locked rounds: everything of fixed width or behind its length. */
export function typedBytes(
  { chain, protocol, epoch }: SigningScope,
  { kind, instance, view, block, reports }: TypedStatement,
): Uint8Array {
  const encoder = new Encoder()
    .text(TYPED_TAG)
    .fixed(digestBytes(chain), DIGEST_BYTES)
    .text(protocol)
    .u64(epoch)
    .text(kind)
    .u64(instance)
    .u64(view)
    .u32(block === undefined ? 0 : 1);
  if (block !== undefined) encoder.u64(block.height).fixed(digestBytes(block.digest), DIGEST_BYTES);
  encoder.u32(reports.length);
  for (const report of reports) {
    encoder.u64(report.instance).u64(report.view).fixed(digestBytes(report.digest), DIGEST_BYTES);
  }
  return encoder.finish();
}
