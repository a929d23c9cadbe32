import { assert } from '#libs/assert/assert.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestOf } from '#libs/chain/digest.ts';
import { LARGEST_SIZES } from '#libs/chain/federation-sizes.ts';
import {
  type Digest,
  digestBytes,
  type Epoch,
  type MemberIndex,
  toDigest,
  toEpoch,
  toMemberIndex,
} from '#libs/chain/ids.ts';
import { hasPrefixOf } from '#libs/chain/system-transactions.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { type Accused, type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { PROTOCOL_NAME_BYTES_MAX } from '#libs/protocol/vote/table-fault.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { type EvidenceForm, formIn, NAMED_FORM, UNNAMED_FORM } from './evidence-form.ts';
import { UNNAMED, voteTableOf } from './protocols.ts';

const DIGEST_BYTES = 32;
const CUT = 'evidence cut short or too long';

/** `fault` is for people. */
export type DecodedEvidence =
  | { readonly ok: true; readonly chain: Digest; readonly evidence: Evidence }
  | {
      readonly ok: false;
      readonly fault: string;
      /** The protocol that it names, where the reader has no table of it. */
      readonly unknownProtocol?: string;
    };

/** The votes of a protocol by its name, where an epoch ran it; undefined where the reader knows of none. */
export type EvidenceTables = (protocol: string, epoch: Epoch) => VoteTable | undefined;

/** The fields that stand before the statements, and how these are read. */
interface EvidenceHead {
  readonly chain: Digest;
  readonly epoch: Epoch;
  readonly member: MemberIndex;
  readonly form: EvidenceForm;
  readonly table: VoteTable;
}

/**
 * The one encoding of evidence: in a file, between members, and as a transaction. Tag, chain, epoch, member, in
 * version 2 the name of the protocol, then each statement with its signature behind its length. Which protocol
 * has which version: evidence-form.ts, proto/FORMATS.md 11.
 */
export function encodeEvidence(evidence: Evidence, chain: Digest): Uint8Array {
  const form = formOf(evidence);
  const encoder = putHead(new Encoder().fixed(form.tag, form.tag.length), evidence, chain);
  for (const { statement, signature, key } of [evidence.first, evidence.second]) {
    assert(key === undefined, 'no evidence of this version names the key of a signature');
    form.put(encoder, statement).prefixed(signature);
  }
  return encoder.finish();
}

/**
 * Reads evidence; never throws. The result contradicts itself by the table of the protocol that it names, and is
 * canonical. Its signatures are not judged, nor whether its epoch ran that protocol where `tableOf` does not go by the epoch.
 */
export function decodeEvidence(bytes: Uint8Array, tableOf: EvidenceTables): DecodedEvidence {
  const form = hasPrefixOf('evidence', bytes) ? formIn(bytes) : undefined;
  if (form === undefined) return refused('not evidence');
  const decoder = new Decoder(bytes.subarray(form.tag.length));
  const chain = decoder.fixed(DIGEST_BYTES);
  const [epoch, member] = [toEpoch(decoder.u64()), toMemberIndex(decoder.u32())];
  const protocol = form.isNamed ? decoder.text(PROTOCOL_NAME_BYTES_MAX) : UNNAMED.protocol;
  const table = form.isNamed ? tableOf(protocol, epoch) : UNNAMED;
  if (decoder.isSpoilt) return refused(CUT);
  if (table === undefined)
    return { ok: false, fault: 'evidence of a protocol that is not known here', unknownProtocol: protocol };
  if (form.isNamed && isUnnamed(table)) return refused(`evidence of ${table.protocol} is of version 1`);
  return takePair(decoder, { chain: toDigest(toHex(chain)), epoch, member, form, table });
}

/** The member that evidence of a protocol of this version accuses, by its place; undefined for bytes that are none. */
export function accusedIn(bytes: Uint8Array): Accused | undefined {
  const read = decodeEvidence(bytes, voteTableOf);
  if (!read.ok) return undefined;
  const { chain, evidence } = read;
  return { chain, epoch: evidence.epoch, member: evidence.first.member };
}

/**
 * Names a contradiction by its member and its two statements. Signatures are left out, because a liar can make any
 * number of them for the same two statements.
 */
export function evidenceDigest(evidence: Evidence, chain: Digest): Digest {
  const form = formOf(evidence);
  const encoder = putHead(new Encoder().text(form.digestTag), evidence, chain);
  form.put(form.put(encoder, evidence.first.statement), evidence.second.statement);
  return digestOf(encoder.finish());
}

function isUnnamed({ protocol }: Pick<Evidence, 'protocol'>): boolean {
  return protocol === UNNAMED.protocol;
}

function formOf(evidence: Evidence): EvidenceForm {
  return isUnnamed(evidence) ? UNNAMED_FORM : NAMED_FORM;
}

function putHead(encoder: Encoder, evidence: Evidence, chain: Digest): Encoder {
  const { protocol, epoch, first } = evidence;
  encoder.fixed(digestBytes(chain), DIGEST_BYTES).u64(epoch).u32(first.member);
  return isUnnamed(evidence) ? encoder : encoder.text(protocol);
}

function takePair(decoder: Decoder, { chain, epoch, member, form, table }: EvidenceHead): DecodedEvidence {
  const takeClaim = (): Claim | undefined => {
    const statement = form.take(decoder, table);
    const signature = decoder.prefixed(LARGEST_SIZES.signatureBytesMax);
    return statement && signature.length > 0 ? { member, statement, signature } : undefined;
  };
  const [first, second] = [takeClaim(), takeClaim()];
  if (!decoder.isWhole || first === undefined || second === undefined) return refused(CUT);
  const evidence = evidenceOf(first, second, epoch, table);
  if (evidence === undefined) return refused('statements do not contradict');
  return evidence.first === first ? { ok: true, chain, evidence } : refused('statements out of order');
}

function refused(fault: string): DecodedEvidence {
  return { ok: false, fault };
}
