import type { Digest } from '#libs/chain/ids.ts';
import type { HeldBlock, SharedJudge } from '../chain/shared-judge.ts';
import type { Disk } from '../disk/disk.ts';

/** Verdicts upon blocks that are not final yet, where the application knows no undecided parent. */
export class VerdictsUpon {
  readonly #judge: Pick<SharedJudge, 'root'>;
  readonly #disk: Pick<Disk<unknown>, 'height' | 'blocks'>;
  readonly #waiting = new Map<Digest, (() => void)[]>();

  constructor(judge: Pick<SharedJudge, 'root'>, disk: Pick<Disk<unknown>, 'height' | 'blocks'>) {
    this.#judge = judge;
    this.#disk = disk;
  }

  /** Whether the application knows blocks upon this one: it is final, or that does not matter. */
  isFoundation({ block }: HeldBlock): boolean {
    return this.#judge.root === 'same-block' || block.header.height <= this.#disk.height;
  }

  /** Tells a verdict upon a block, at once or when that is final. */
  tell(parent: HeldBlock, verdict: () => void): void {
    if (this.isFoundation(parent)) return verdict();
    const { digest } = parent.block;
    this.#waiting.set(digest, [...(this.#waiting.get(digest) ?? []), verdict]);
  }

  /** These blocks became final: verdicts upon them are told, and those upon blocks that lost never. */
  finalised(blocks: readonly HeldBlock[]): void {
    const due = blocks.flatMap(({ block }) => this.#waiting.get(block.digest) ?? []);
    for (const digest of this.#waiting.keys()) {
      const height = this.#disk.blocks.get(digest)?.block.header.height ?? 0n;
      if (height <= this.#disk.height) this.#waiting.delete(digest);
    }
    for (const tell of due) tell();
  }
}
