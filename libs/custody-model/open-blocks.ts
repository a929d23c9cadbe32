import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyContext } from '#libs/custody/custody-context.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { type Leave, learnChoices } from '#libs/custody/learn-rounds.ts';
import type { Report } from '#libs/protocol/vote/statement.ts';
import type { KeyNode } from './key-world.ts';
import type { RoundsAsk } from './rounds-asks.ts';

/** A protocol of rounds, with its requests by their index. */
export interface RoundsBase {
  readonly context: CustodyContext;
  readonly virgin: CustodyState;
  readonly asks: readonly RoundsAsk[];
}

/** The reports that a liar can make, given the signatures of the keys so far. */
export interface Reportable {
  readonly liar: MemberIndex;
  /** Choices are computed without a look at closed instances. */
  readonly forgetsClosed: boolean;
  isReportable(report: Report, keys: readonly KeyNode[]): boolean;
}

/** The blocks that a view may begin with: some quorum of reports of the view before leaves each of them open. */
export class OpenBlocks {
  readonly #base: RoundsBase;
  readonly #world: Reportable;
  readonly #permitted = new Map<string, boolean>();

  constructor(base: RoundsBase, world: Reportable) {
    this.#base = base;
    this.#world = world;
  }

  /** Whether some quorum that gave up the view before leaves this block open. */
  mayBegin(asked: RoundsAsk, keys: readonly KeyNode[], openFrom: number): boolean {
    const left = keys.map(({ signed }) => signed.filter((each) => this.#isLeaveBefore(asked, each)));
    const [a = [], b = [], c = []] = left;
    const pairs = [
      [a, b],
      [a, c],
      [b, c],
    ] as const;
    return pairs.some(([one, two]) =>
      one.some((x) => two.some((y) => this.#leavesOpen(asked, [x, y], { keys, openFrom }))),
    );
  }

  #isLeaveBefore({ statement: { view, instance } }: RoundsAsk, index: number): boolean {
    const found = this.#base.asks[index]?.statement;
    if (found === undefined || found.block !== undefined || found.view !== view - 1n) return false;
    return this.#base.context.table.kinds[found.kind]?.leaves === 'everywhere' || found.instance === instance;
  }

  /** The reports of two honest keys, and the liar's most useful one: nothing, or a certificate of the very block. */
  #leavesOpen(
    asked: RoundsAsk,
    honest: readonly number[],
    { keys, openFrom }: { readonly keys: readonly KeyNode[]; readonly openFrom: number },
  ): boolean {
    const { view, instance, block } = asked.statement;
    const lies: (readonly Report[])[] = [[]];
    for (let of = 0n; of < view && block !== undefined; of++) {
      const report = { instance, view: of as typeof view, digest: block.digest };
      if (this.#world.isReportable(report, keys)) lies.push([report]);
    }
    return lies.some((reports) => {
      const name = `${asked.name} ${honest.toSorted()} ${reports.map((each) => each.view)} ${openFrom}`;
      const known = this.#permitted.get(name);
      if (known !== undefined) return known;
      const found = this.#isLeftOpen(asked, { honest, reports, openFrom });
      this.#permitted.set(name, found);
      return found;
    });
  }

  #isLeftOpen(
    { statement: { view, instance, block } }: RoundsAsk,
    told: {
      readonly honest: readonly number[];
      readonly reports: readonly Report[];
      readonly openFrom: number;
    },
  ): boolean {
    const custodian = new Custodian(this.#base.context, this.#base.virgin);
    const { facts } = custodian;
    if (told.openFrom > 0) facts.settled(BigInt(told.openFrom - 1));
    const statements = told.honest.flatMap((each) => this.#base.asks[each]?.statement ?? []);
    const [first] = statements;
    if (first === undefined) return false;
    const isAll = this.#base.context.table.kinds[first.kind]?.leaves === 'everywhere';
    const lie = {
      ...first,
      reports: told.reports,
      instance: isAll ? 1n : first.instance,
    };
    const leaves: Leave[] = [...statements, lie].map((statement, index) => ({
      member: index === told.honest.length ? this.#world.liar : toMemberIndex(index),
      statement: this.#world.forgetsClosed ? { ...statement, instance: 1n } : statement,
    }));
    for (const { statement } of leaves) {
      for (const each of statement.reports) {
        facts.certified({ ...each, kind: this.#base.context.table.prepared, height: each.instance });
      }
    }
    if (!learnChoices(custodian, leaves)) return false;
    const choice = facts.choice(instance, view);
    return choice !== undefined && (choice.only === undefined || choice.only === block?.digest);
  }
}
