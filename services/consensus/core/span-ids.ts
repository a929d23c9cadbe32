import { Encoder } from '#libs/bytes/encoder.ts';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import { type Digest, digestBytes, type Height } from '#libs/chain/ids.ts';

const DECISION_TAG = 'btcfed/trace/decision/v1';
const MEMBER_TAG = 'btcfed/trace/member/v1';
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

/**
 * The trace of the decision of a height: the same on every member without anybody's saying it, so no message carries it and none
 * need be believed.
 */
export function decisionTraceId(chain: Digest, height: Height): string {
  const encoded = new Encoder().text(DECISION_TAG).fixed(digestBytes(chain), 32).u64(height).finish();
  return sha256Hex(encoded).slice(0, TRACE_ID_DIGITS);
}

/** The trace of a transaction, which a person reads off its hash. */
export function transactionTraceId(hash: Digest): string {
  return hash.slice(0, TRACE_ID_DIGITS);
}

/** The span of a member that its other spans of a trace are parts of: who knows trace and name can refer to it. */
export function memberSpanId(traceId: string, member: string): string {
  const encoded = new Encoder().text(MEMBER_TAG).text(traceId).text(member).finish();
  return sha256Hex(encoded).slice(0, SPAN_ID_DIGITS);
}
