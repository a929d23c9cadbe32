import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import { SYSTEM_TRANSACTIONS } from '#libs/chain/system-transactions.ts';
import { EVIDENCE_REPORTS_MAX } from '#libs/protocol/limits.ts';
import { isShaped } from '#libs/protocol/vote/shape.ts';
import type { BlockRef, Report, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { putTyped } from '#libs/protocol/vote/typed-bytes.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';

const [UNNAMED_TAG, NAMED_TAG] = SYSTEM_TRANSACTIONS.evidence.prefixes;
const DIGEST_BYTES = 32;
const KIND_BYTES_MAX = 16;
/** Version 1 names no instance: it is of protocols whose views run across heights. */
const INSTANCE = 0n;

/** A version of the encoding of evidence: how it begins, and how a statement stands in it. */
export interface EvidenceForm {
  readonly tag: Uint8Array;
  /** Begins the bytes whose hash names evidence. */
  readonly digestTag: string;
  /** Whether the name of the protocol stands before the statements. */
  readonly isNamed: boolean;
  put(encoder: Encoder, statement: VoteStatement): Encoder;
  /** Undefined for one that the protocol does not have. Never throws; the caller asks the decoder whether it had enough bytes. */
  take(decoder: Decoder, table: VoteTable): VoteStatement | undefined;
}

/** Version 1: kind, view, and height and digest of the block, or view and digest of the one report. */
export const UNNAMED_FORM: EvidenceForm = {
  tag: UNNAMED_TAG,
  digestTag: 'btcfed/evidence-digest/v1',
  isNamed: false,
  put(encoder, { kind, instance, view, block, reports }) {
    const [report] = reports;
    const number = block?.height ?? report?.view;
    const digest = block?.digest ?? report?.digest;
    assert(instance === INSTANCE && reports.length <= 1, 'version 1 names no instance, and one report');
    assert(number !== undefined && digest !== undefined, `the shape of a ${kind}`);
    return encoder.text(kind).u64(view).u64(number).fixed(digestBytes(digest), DIGEST_BYTES);
  },
  take(decoder, table) {
    const kind = decoder.text(KIND_BYTES_MAX);
    const view = toView(decoder.u64());
    const number = decoder.u64();
    const digest = decoder.fixed(DIGEST_BYTES);
    const row = kindRowOf(table, kind);
    if (decoder.isSpoilt || row === undefined) return undefined;
    const named = toDigest(toHex(digest));
    const isLeave = row.leaves !== undefined;
    const block = isLeave ? undefined : { height: toHeight(number), digest: named };
    const reports = isLeave ? [{ instance: INSTANCE, view: toView(number), digest: named }] : [];
    return { kind, instance: INSTANCE, view, block, reports };
  },
};

/** Version 2: the statement as protocols of locked rounds sign it (libs/protocol/vote/typed-bytes.ts), from its kind on. */
export const NAMED_FORM: EvidenceForm = {
  tag: NAMED_TAG,
  digestTag: 'btcfed/evidence-digest/v2',
  isNamed: true,
  put: putTyped,
  take(decoder, table) {
    const kind = decoder.text(KIND_BYTES_MAX);
    const instance = decoder.u64();
    const view = toView(decoder.u64());
    const blocks = decoder.u32();
    const block = blocks === 1 ? takeBlock(decoder) : undefined;
    const count = decoder.u32();
    if (decoder.isSpoilt || blocks > 1 || count > EVIDENCE_REPORTS_MAX) return undefined;
    const reports = Array.from({ length: count }, () => takeReport(decoder));
    const statement = { kind, instance, view, block, reports: reports.filter((each) => each !== undefined) };
    return !decoder.isSpoilt && isShaped(statement, table) ? statement : undefined;
  },
};

/** The version that bytes begin as. */
export function formIn(bytes: Uint8Array): EvidenceForm | undefined {
  return [UNNAMED_FORM, NAMED_FORM].find(({ tag }) => equalBytes(bytes.subarray(0, tag.length), tag));
}

function takeBlock(decoder: Decoder): BlockRef | undefined {
  const height = toHeight(decoder.u64());
  const digest = decoder.fixed(DIGEST_BYTES);
  return decoder.isSpoilt ? undefined : { height, digest: toDigest(toHex(digest)) };
}

function takeReport(decoder: Decoder): Report | undefined {
  const instance = decoder.u64();
  const view = toView(decoder.u64());
  const digest = decoder.fixed(DIGEST_BYTES);
  return decoder.isSpoilt ? undefined : { instance, view, digest: toDigest(toHex(digest)) };
}
