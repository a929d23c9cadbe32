import type { BlockHeader } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import { type CertificateRule, droppable } from '#libs/chain/kept-certificates.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import { unsyncedTransaction } from '#libs/sqlite/database.ts';
import type { ProvenHeight } from './final-table.ts';
import { PRUNED_WHEN_IDLE_MAX } from './limits.ts';
import type { Tables } from './tables.ts';

/** Certificates that are about to go, and the height up to which all were looked at then. */
export interface Pruning {
  readonly drops: readonly ProvenHeight[];
  readonly to: Height;
}

interface History {
  headerAt(height: Height): BlockHeader | undefined;
  read<Value>(height: Height, work: () => Value | undefined): Value | undefined;
}

/**
 * Drops certificates of final blocks that those above prove, some at a time and each height once: a database of an older
 * version is brought to the rule over many commits.
 */
export class CertificatePruner {
  readonly #tables: Tables;
  readonly #history: History;
  readonly #rule: CertificateRule;

  constructor(tables: Tables, history: History, rule: CertificateRule) {
    this.#tables = tables;
    this.#history = history;
    this.#rule = rule;
  }

  /**
   * Looks at the lowest certificates that were not looked at. To be called outside of a transaction, which a page that cannot be
   * read would take back; damage there stops nobody, and its certificates stay.
   *
   * @param tip - The newest height once they are gone.
   */
  plan(tip: Height, certificatesMax: number): Pruning | undefined {
    const from = toHeight(this.#tables.pruned.read() + 1n);
    const oldest = tip - BigInt(this.#rule.newest);
    if (from > oldest) return undefined;
    const span = { from, to: toHeight(oldest) };
    const planned = this.#history.read(from, () => ({ pruning: this.#planned(span, tip, certificatesMax) }));
    return planned === undefined ? { drops: [], to: from } : planned.pruning;
  }

  /** Its caller opens the transaction. */
  prune({ drops, to }: Pruning): void {
    const { final, certificates, pruned } = this.#tables;
    for (const { height, certificate } of drops) {
      final.setCertificate(height, undefined);
      certificates.drop(certificate);
    }
    pruned.move(to);
  }

  /** Some of what an older version kept, or what a gap held up. */
  pruneSome(tip: Height): void {
    const pruning = this.plan(tip, PRUNED_WHEN_IDLE_MAX);
    if (pruning !== undefined) unsyncedTransaction(this.#tables.db, () => this.prune(pruning));
  }

  #planned({ from, to }: HeightSpan, tip: Height, certificatesMax: number): Pruning | undefined {
    // One more than are looked at: it may prove the last of them.
    const found = this.#tables.final.provenFrom(from, certificatesMax + 1);
    const looked = found
      .slice(0, certificatesMax)
      .filter(({ height }, at) => height <= to && at + 1 < found.length);
    const next = found[looked.length];
    const reached = next === undefined || next.height > to ? to : looked.at(-1)?.height;
    if (reached === undefined) return undefined;
    const { certificates, final } = this.#tables;
    const kept = final.proofWithin(toHeight(0n), toHeight(from - 1n))?.height ?? toHeight(0n);
    const going = new Set(droppable(this.#certified(found), kept, this.#rule, tip));
    const drops = looked.filter(
      (each) => going.has(each.height) && certificates.isReadable(each.certificate),
    );
    return { drops, to: reached };
  }

  #certified(found: readonly ProvenHeight[]) {
    return found.flatMap(({ height }) => {
      const epoch = this.#history.headerAt(height)?.epoch;
      return epoch === undefined ? [] : [{ height, epoch }];
    });
  }
}
