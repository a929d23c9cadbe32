import type { Block } from '#libs/chain/block.ts';
import type { Digest } from '#libs/chain/ids.ts';
import type { EvidenceStore, ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import { decodeEvidence, evidenceDigest } from '#libs/protocol/evidence-codec.ts';
import type { EvidenceQuery, EvidenceReader, KeptEvidence } from '#services/consensus/core/ports.ts';

/** Evidence without a disk and without bounds, for tests. */
export class MemoryEvidence implements EvidenceStore, EvidenceReader {
  readonly #kept: KeptEvidence[] = [];
  readonly #finalBlocks: () => readonly Block[];

  isFull = false;

  constructor(finalBlocks: () => readonly Block[] = () => []) {
    this.#finalBlocks = finalBlocks;
  }

  get all(): readonly KeptEvidence[] {
    return this.#kept;
  }

  has(digest: Digest): boolean {
    return this.#kept.some((each) => each.digest === digest);
  }

  put(proved: ProvedEvidence): 'stored' | 'known' | 'full' {
    if (this.has(proved.digest)) return 'known';
    if (this.isFull) return 'full';
    const id = BigInt(this.#kept.length + 1);
    this.#kept.push({ ...proved, id, height: undefined, foundMs: 1n });
    return 'stored';
  }

  pending(countMax: number): readonly ProvedEvidence[] {
    const final = new Set(this.#finalBlocks().flatMap(evidenceDigests));
    const open = this.#kept.filter(({ digest }) => !final.has(digest));
    return open.slice(0, countMax);
  }

  list({ after, countMax, member, kind }: EvidenceQuery): readonly KeptEvidence[] {
    return this.#kept
      .filter(({ id }) => id > after)
      .filter(({ evidence }) => member === undefined || evidence.first.member === member)
      .filter(({ evidence }) => kind === undefined || evidence.kind === kind)
      .slice(0, countMax);
  }
}

function evidenceDigests({ transactions }: Block): readonly Digest[] {
  return transactions.flatMap(({ bytes }) => {
    const decoded = decodeEvidence(bytes);
    return decoded.ok ? [evidenceDigest(decoded.evidence, decoded.chain)] : [];
  });
}
