import { Encoder } from '#libs/bytes/encoder.ts';
import { type Digest, digestBytes, type Epoch, type Height, type View } from '#libs/chain/ids.ts';

/** The step of a view that a vote counts in (HS-02). */
export type Phase = 'prepare' | 'pre-commit' | 'commit';

/** A statement about one block: a leader's proposal, or a vote in a phase. */
export interface BlockStatement {
  readonly kind: 'proposal' | Phase;
  readonly view: View;
  readonly height: Height;
  readonly digest: Digest;
}

/** "I have given up this view; my highest prepare certificate is of `highView` for `highDigest`." */
export interface TimeoutStatement {
  readonly kind: 'timeout';
  readonly view: View;
  readonly highView: View;
  readonly highDigest: Digest;
}

/** Everything that a member's consensus key ever signs. */
export type Statement = BlockStatement | TimeoutStatement;

/** The scope of a signature: one chain, one protocol and one validator set. */
export interface SigningScope {
  /** SHA-256 of the genesis, which names the members and their keys. */
  readonly chain: Digest;
  readonly protocol: string;
  readonly epoch: Epoch;
}

const STATEMENT_TAG = 'btcfed/statement/v1';
const DIGEST_BYTES = 32;

/**
 * The exact bytes that are signed: tag, chain, protocol, epoch, kind, then the fields of that kind, each of
 * fixed width or behind its length. Ours, never Protobuf's, whose encoding is not canonical.
 * Vectors: test/vectors/signing-bytes.json.
 */
export function signingBytes(scope: SigningScope, statement: Statement): Uint8Array {
  const encoder = new Encoder()
    .text(STATEMENT_TAG)
    .fixed(digestBytes(scope.chain), DIGEST_BYTES)
    .text(scope.protocol)
    .u64(scope.epoch)
    .text(statement.kind)
    .u64(statement.view);
  if (statement.kind === 'timeout') {
    return encoder.u64(statement.highView).fixed(digestBytes(statement.highDigest), DIGEST_BYTES).finish();
  }
  return encoder.u64(statement.height).fixed(digestBytes(statement.digest), DIGEST_BYTES).finish();
}
