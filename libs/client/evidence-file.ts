import { equalBytes } from '#libs/bytes/bytes.ts';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { type Epoch, toEpoch } from '#libs/chain/ids.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { decodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { FederationClientError } from './errors.ts';
import { handoverBytes, handoverOfBytes } from './handover-bytes.ts';
import { type ClientHandover, trustAt } from './membership.ts';
import type { Trust } from './verify-block.ts';
import { type EvidenceVerdict, verifyEvidence } from './verify-evidence.ts';

/** The facts that a file proves, with the set whose keys verified the statements. */
export type EvidenceFileVerdict =
  | (EvidenceVerdict & { readonly ok: true; readonly validators: ValidatorSet })
  | (EvidenceVerdict & { readonly ok: false });

/** Largest file that is read: at 4 members and 128f some 5,000 handovers, at 512 members two dozen. */
export const EVIDENCE_FILE_BYTES_MAX = 256 * 1024 * 1024;

const FILE_TAG: Uint8Array = new Uint8Array(Buffer.from('btcfed/evidence-file/v1', 'ascii'));

/**
 * A file that proves evidence to anybody who has the genesis. In epoch 0 it is the evidence itself; in a later one it
 * is the tag, the number of handovers (u32), the certified handover to each epoch from 1 on, and the evidence, each
 * behind its length (u32).
 *
 * @param handovers - The handovers to epoch 1 and each later one, up to that of the evidence.
 */
export function encodeEvidenceFile(content: Uint8Array, handovers: readonly ClientHandover[]): Uint8Array {
  if (handovers.length === 0) return content;
  const encoder = new Encoder().fixed(FILE_TAG, FILE_TAG.length).u32(handovers.length);
  for (const handover of handovers) encoder.prefixed(handoverBytes(handover));
  return encoder.prefixed(content).finish();
}

/** Whether a file is true: follows its handovers from the genesis, and verifies both statements with the keys of their epoch. */
export async function verifyEvidenceFile(file: Uint8Array, genesis: Trust): Promise<EvidenceFileVerdict> {
  const read = readFile(file);
  if (read === undefined) return { ok: false, fault: 'evidence cut short or too long' };
  // The epoch is still to be proved: which protocol it ran is judged with its keys, below.
  const decoded = decodeEvidence(read.content, (protocol) => tableIn(genesis, protocol));
  if (!decoded.ok) return decoded;
  const { epoch } = decoded.evidence;
  if (epoch !== BigInt(read.handovers.length)) {
    return { ok: false, fault: `evidence of epoch ${epoch} with ${read.handovers.length} handovers` };
  }
  const followed = await trustThrough(read.handovers, epoch, genesis);
  if (!followed.ok) return followed;
  const verdict = await verifyEvidence(read.content, followed.trust);
  return verdict.ok ? { ...verdict, validators: followed.trust.validators } : verdict;
}

function tableIn({ votes, votesOf }: Trust, protocol: string): VoteTable | undefined {
  return protocol === votes.protocol ? votes : votesOf(protocol);
}

async function trustThrough(handovers: readonly Uint8Array[], epoch: Epoch, genesis: Trust) {
  try {
    const handoverTo = async (to: Epoch): Promise<ClientHandover> => {
      const bytes = handovers[Number(to) - 1] ?? new Uint8Array();
      return handoverOfBytes(bytes, `the handover to epoch ${to}`);
    };
    const followed = await trustAt(genesis, epoch, handoverTo);
    return followed.ok ? followed : { ok: false as const, fault: `handovers: ${followed.fault}` };
  } catch (error) {
    if (!(error instanceof FederationClientError)) throw error;
    return { ok: false as const, fault: error.message };
  }
}

function readFile(file: Uint8Array) {
  if (!equalBytes(file.subarray(0, FILE_TAG.length), FILE_TAG)) return { content: file, handovers: [] };
  const decoder = new Decoder(file.subarray(FILE_TAG.length));
  const count = decoder.u32();
  const handovers: Uint8Array[] = [];
  for (let at = 0; at < count && !decoder.isSpoilt; at++) handovers.push(decoder.prefixed(file.length));
  const content = decoder.prefixed(EVIDENCE_BYTES_MAX);
  return decoder.isWhole && toEpoch(BigInt(count)) > 0n ? { content, handovers } : undefined;
}
