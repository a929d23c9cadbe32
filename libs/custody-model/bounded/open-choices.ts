import { assert } from '#libs/assert/assert.ts';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { leavesOpen } from '#libs/custody/choice.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import { type Leave, learnChoices } from '#libs/custody/learn-rounds.ts';
import { BLOCKS, CHAIN, EPOCH } from '../rounds-asks.ts';
import type { AskPlace, AskPlan } from './ask-places.ts';
import { LIAR, roundsContext } from './key-book.ts';

/** The requests that there is a certificate of. */
export interface Certified {
  has(ask: number): boolean;
}

/** A view after the first, the leaves of the view before, and the certificates that can be reported there. */
export interface Beginning {
  readonly height: number;
  readonly view: number;
  /** The first of its leaves: they follow each other. */
  readonly leaves: number;
  readonly leaveCount: number;
  readonly reportable: readonly number[];
}

/** All views that begin with the reports of a quorum. */
export function beginningsOf({ places, views, heights }: AskPlan): readonly Beginning[] {
  return Array.from({ length: heights * (views - 1) }, (_, at) => {
    const [height, view] = [Math.floor(at / (views - 1)), (at % (views - 1)) + 1];
    const leaves = places.filter((each) => each.isLeave && each.height === height && each.view === view - 1);
    const [first] = leaves;
    assert(first !== undefined, 'every view but the last is left');
    assert(
      leaves.every(({ index }, offset) => index === first.index + offset),
      'the leaves of a view follow each other',
    );
    const reportable = [...new Set(leaves.map(({ on }) => on))].filter((on) => on >= 0);
    return { height, view, leaves: first.index, leaveCount: leaves.length, reportable };
  });
}

/**
 * The blocks that a view may begin with, by `learnChoices` of libs/custody: those that the leaves of two honest keys and
 * one of the liar, who reports nothing or any certificate that there is, leave open.
 */
export class OpenChoices {
  readonly #plan: AskPlan;
  readonly #known = new Map<number, number>();

  constructor(plan: AskPlan) {
    this.#plan = plan;
  }

  /**
   * A bit for each block that is open.
   * @param at - Number of the beginning.
   * @param left - For each honest key, a bit for each leave that it signed.
   */
  permitted(at: number, beginning: Beginning, left: readonly number[], certified: Certified): number {
    const [a = 0, b = 0, c = 0] = left.toSorted((x, y) => x - y);
    if (b === 0) return 0;
    let name = at;
    for (const each of [a, b, c]) name = name * 2 ** beginning.leaveCount + each;
    for (const on of beginning.reportable) name = name * 2 + (certified.has(on) ? 1 : 0);
    assert(name <= Number.MAX_SAFE_INTEGER, 'the leaves of a view fit one number');
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = this.#open(beginning, [a, b, c], certified);
    this.#known.set(name, found);
    return found;
  }

  #open(beginning: Beginning, left: readonly number[], certified: Certified): number {
    const told = left.map((bits) => this.#leavesIn(beginning, bits));
    const all = this.#leavesIn(beginning, 2 ** beginning.leaveCount - 1);
    const lies = all.filter(({ on }) => on < 0 || certified.has(on));
    const [a = [], b = [], c = []] = told;
    let open = 0;
    for (const [one, two] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const) {
      for (const x of one)
        for (const y of two) for (const lie of lies) open |= this.#left(beginning, [x, y, lie]);
    }
    return open;
  }

  #leavesIn({ leaves, leaveCount }: Beginning, bits: number): readonly AskPlace[] {
    return this.#plan.places.slice(leaves, leaves + leaveCount).filter((_, at) => ((bits >> at) & 1) === 1);
  }

  #left({ view }: Beginning, told: readonly AskPlace[]): number {
    const { asks, table } = this.#plan;
    const binding = { chain: CHAIN, protocol: table.protocol, epoch: EPOCH };
    const custodian = new Custodian(roundsContext(this.#plan), virginState(binding));
    const leaves = told.flatMap(({ index }, at): Leave[] => {
      const statement = asks[index]?.statement;
      return statement === undefined ? [] : [{ member: at === 2 ? LIAR : toMemberIndex(at), statement }];
    });
    for (const { statement } of leaves) {
      for (const report of statement.reports) {
        learnCertified(table, custodian.facts, { ...report, kind: table.prepared, height: report.instance });
      }
    }
    const [first] = leaves;
    if (first === undefined || !learnChoices(custodian, leaves)) return 0;
    const choice = custodian.facts.choice(first.statement.instance, toView(table.firstView + BigInt(view)));
    if (choice === undefined) return 0;
    return BLOCKS.reduce((open, digest, at) => (leavesOpen(choice, digest) ? open | (1 << at) : open), 0);
  }
}
