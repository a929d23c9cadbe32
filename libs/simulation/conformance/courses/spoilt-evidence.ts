import { toDigest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { decodeEvidence, encodeEvidence } from '#libs/protocols/evidence-codec.ts';
import { prng, type Seed } from '#libs/random/prng.ts';
import { statementOfKind } from './sample-statements.ts';
import { spoilt } from './spoilt-bytes.ts';

const CHAIN = toDigest('ab'.repeat(32));
const SIGNATURE_BYTES = 48;

/** The errors thrown when evidence of each kind of statement is spoilt and read again. */
export function spoiltEvidence(
  table: VoteTable,
  { tries, seed }: { readonly tries: number; readonly seed: Seed },
): readonly string[] {
  const random = prng(seed).stream('evidence');
  const samples = Object.keys(table.kinds).flatMap((kind) => sampleOf(table, kind));
  if (samples.length === 0) return ['there is no evidence of any kind'];
  const faults = new Set<string>();
  const tableOf = (protocol: string) => (protocol === table.protocol ? table : undefined);
  for (let left = tries; left > 0; left--) {
    try {
      decodeEvidence(spoilt(random.pick(samples), random), tableOf);
    } catch (error) {
      faults.add(`spoilt evidence throws: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [...faults];
}

/** The bytes of two statements of one slot. */
function sampleOf(table: VoteTable, kind: string): readonly Uint8Array[] {
  const claim = (salt: number) => ({
    ...{ member: toMemberIndex(1), signature: new Uint8Array(SIGNATURE_BYTES).fill(salt) },
    statement: statementOfKind(table, kind, salt),
  });
  const evidence = evidenceOf(claim(0), claim(1), toEpoch(0n), table);
  return evidence === undefined ? [] : [encodeEvidence(evidence, CHAIN)];
}
