import { AskMask } from './ask-mask.ts';
import type { AskPlan } from './ask-places.ts';
import { openBit } from './flags.ts';
import type { Beginning } from './open-choices.ts';

/** The facts that can still matter to requests that may be signed. */
export interface Useful {
  /** Requests whose certificate can matter. */
  readonly certificates: AskMask;
  /** Beginnings that can matter: bits of flags. */
  readonly openings: number;
  /** Leaves that can matter, of each beginning. */
  readonly leaves: readonly AskMask[];
}

/** Tells what a state may forget. Each set of requests is judged once. */
export class Usefulness {
  readonly #plan: AskPlan;
  readonly #beginnings: readonly Beginning[];
  readonly #known = new Map<number, Useful>();

  constructor(plan: AskPlan, beginnings: readonly Beginning[]) {
    this.#plan = plan;
    this.#beginnings = beginnings;
  }

  /** @param reach - The requests that any key may still sign. */
  of(reach: AskMask): Useful {
    const known = this.#known.get(reach.key);
    if (known !== undefined) return known;
    const found = this.#judged(reach);
    this.#known.set(reach.key, found);
    return found;
  }

  #judged(reach: AskMask): Useful {
    const { places, table, asks } = this.#plan;
    const live = places.filter(({ index }) => reach.has(index));
    const choices = live.filter(({ proof }) => proof === 'choice');
    const certificates = places.filter(
      ({ index, isDeciding, height, view, block }) =>
        isDeciding ||
        live.some(({ on }) => on === index) ||
        // The liar may report it.
        (asks[index]?.statement.kind === table.prepared &&
          choices.some((each) => each.height === height && each.view > view && each.block === block)),
    );
    let openings = 0;
    const leaves = this.#beginnings.map(({ height, view, leaves: from, leaveCount }, at) => {
      const begun = choices.filter((each) => each.height === height && each.view === view);
      for (const { block } of begun) openings |= openBit(at, block);
      const isUseful = begun.length > 0;
      return AskMask.of(isUseful ? Array.from({ length: leaveCount }, (_, offset) => from + offset) : []);
    });
    return { certificates: AskMask.of(certificates.map(({ index }) => index)), openings, leaves };
  }
}
