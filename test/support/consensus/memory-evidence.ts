import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { EvidenceQuery, EvidenceReader, KeptEvidence } from '#services/consensus/core/ports.ts';

/** The evidence of a member in memory, as the client API reads it. */
export class MemoryEvidence implements EvidenceReader {
  readonly #kept: KeptEvidence[] = [];

  put(proved: ProvedEvidence): void {
    const id = BigInt(this.#kept.length + 1);
    this.#kept.push({ ...proved, id, height: undefined, foundMs: 1n });
  }

  list({ after, countMax, member, kind }: EvidenceQuery): readonly KeptEvidence[] {
    return this.#kept
      .filter(({ id }) => id > after)
      .filter(({ evidence }) => member === undefined || evidence.first.member === member)
      .filter(({ evidence }) => kind === undefined || evidence.kind === kind)
      .slice(0, countMax);
  }
}
