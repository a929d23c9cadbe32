import { assert } from '#libs/assert/assert.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import {
  type Digest,
  digestBytes,
  type MemberIndex,
  toDigest,
  toEpoch,
  toHeight,
  toMemberIndex,
  toView,
} from '#libs/chain/ids.ts';
import { hasPrefixOf, SYSTEM_TRANSACTIONS } from '#libs/chain/system-transactions.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { EVIDENCE_SIGNATURE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { UNNAMED } from './protocols.ts';

const { prefix: EVIDENCE_TAG } = SYSTEM_TRANSACTIONS.evidence;
const DIGEST_TAG = 'btcfed/evidence-digest/v1';
const DIGEST_BYTES = 32;
const KIND_BYTES_MAX = 16;
/** Version 1 names no instance: it is of protocols whose views run across heights. */
const INSTANCE = 0n;

/** `fault` is for people. */
export type DecodedEvidence =
  | { readonly ok: true; readonly chain: Digest; readonly evidence: Evidence }
  | { readonly ok: false; readonly fault: string };

/**
 * The one encoding of evidence: in a file, between members, and as a transaction. Tag, chain, epoch, member, then
 * each statement (kind, view, height or reported view, digest) with its signature behind its length.
 */
export function encodeEvidence({ epoch, first, second }: Evidence, chain: Digest): Uint8Array {
  const encoder = new Encoder().fixed(EVIDENCE_TAG, EVIDENCE_TAG.length);
  encoder.fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch).u32(first.member);
  for (const { statement, signature } of [first, second]) {
    putStatement(encoder, statement).prefixed(signature);
  }
  return encoder.finish();
}

/** Reads evidence; never throws. The result contradicts itself and is canonical; its signatures are not judged. */
export function decodeEvidence(bytes: Uint8Array): DecodedEvidence {
  if (!hasPrefixOf('evidence', bytes)) return { ok: false, fault: 'not evidence' };
  const decoder = new Decoder(bytes.subarray(EVIDENCE_TAG.length));
  const chain = decoder.fixed(DIGEST_BYTES);
  const epoch = toEpoch(decoder.u64());
  const member = toMemberIndex(decoder.u32());
  const first = takeClaim(decoder, member, UNNAMED);
  const second = takeClaim(decoder, member, UNNAMED);
  if (!decoder.isWhole || first === undefined || second === undefined) {
    return { ok: false, fault: 'evidence cut short or too long' };
  }
  const evidence = evidenceOf(first, second, epoch, UNNAMED);
  if (evidence === undefined) return { ok: false, fault: 'statements do not contradict' };
  if (evidence.first !== first) return { ok: false, fault: 'statements out of order' };
  return { ok: true, chain: toDigest(toHex(chain)), evidence };
}

/**
 * Names a contradiction by its member and its two statements. Signatures are left out, because a liar can make any
 * number of them for the same two statements.
 */
export function evidenceDigest({ epoch, first, second }: Evidence, chain: Digest): Digest {
  const encoder = new Encoder().text(DIGEST_TAG).fixed(digestBytes(chain), DIGEST_BYTES);
  encoder.u64(epoch).u32(first.member);
  putStatement(putStatement(encoder, first.statement), second.statement);
  return digestOf(encoder.finish());
}

function putStatement(encoder: Encoder, { kind, instance, view, block, reports }: VoteStatement): Encoder {
  const [report] = reports;
  const number = block?.height ?? report?.view;
  const digest = block?.digest ?? report?.digest;
  assert(instance === INSTANCE && reports.length <= 1, 'version 1 names no instance, and one report');
  assert(number !== undefined && digest !== undefined, `the shape of a ${kind}`);
  return encoder.text(kind).u64(view).u64(number).fixed(digestBytes(digest), DIGEST_BYTES);
}

function takeClaim(decoder: Decoder, member: MemberIndex, table: VoteTable): Claim | undefined {
  const kind = decoder.text(KIND_BYTES_MAX);
  const view = toView(decoder.u64());
  const number = decoder.u64();
  const digest = decoder.fixed(DIGEST_BYTES);
  const signature = decoder.prefixed(EVIDENCE_SIGNATURE_BYTES_MAX);
  if (digest.length !== DIGEST_BYTES || signature.length === 0) return undefined;
  const named = toDigest(toHex(digest));
  const row = kindRowOf(table, kind);
  if (row === undefined) return undefined;
  const isLeave = row.leaves !== undefined;
  const block = isLeave ? undefined : { height: toHeight(number), digest: named };
  const reports = isLeave ? [{ instance: INSTANCE, view: toView(number), digest: named }] : [];
  return { member, signature, statement: { kind, instance: INSTANCE, view, block, reports } };
}
