import type { Block } from '#libs/chain/block.ts';
import { toView, type View } from '#libs/chain/ids.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import type { Ask } from '#libs/custody-model/key-world.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { KindRow, VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { BRANCH_EPOCH, BRANCH_GENESIS } from './branch-blocks.ts';
import { BRANCH_CHAIN, type BranchExtent } from './branch-extent.ts';

export interface BranchAsk extends Ask {
  /** Index of the block; undefined for what gives a view up. */
  readonly about: number | undefined;
  /** Indices of the requests whose certificates it rests on. */
  readonly needs: readonly number[];
  /** View of the certificate that is reported. */
  readonly reported?: View;
}

/** Everything that a hostile host can ask a key for, by the table alone. */
export function branchAsks(plan: BranchExtent): readonly BranchAsk[] {
  return new AskBook(plan).asks;
}

class AskBook {
  readonly asks: BranchAsk[] = [];
  readonly #plan: BranchExtent;
  /** The request of each statement, by kind, view and block. */
  readonly #byStatement = new Map<string, number>();

  constructor(plan: BranchExtent) {
    this.#plan = plan;
    const { table, views, blocks } = plan;
    for (let at = 0; at < views; at++) {
      const view = toView(table.firstView + BigInt(at));
      for (const about of blocks.keys()) this.#addBlock(about, view);
      if (plan.leaves) this.#addLeaves(view);
    }
  }

  #addBlock(about: number, view: View): void {
    const { table, blocks, proposes, repeats } = this.#plan;
    const born = blocks[about]?.block.header.view ?? view;
    if (born > view || (born < view && !repeats)) return;
    for (const [kind, row] of byStep(table)) {
      if (row.leaves !== undefined) continue;
      if (row.leaderOnly === true && !proposes) continue;
      this.#addVote(about, view, { kind, row });
    }
  }

  /** A vote, with each certificate that can justify its block; each but the first counts as the first. */
  #addVote(about: number, view: View, { kind, row }: { kind: string; row: KindRow }): void {
    const own = this.#plan.blocks[about]?.block;
    if (own === undefined) return;
    const needs = row.needs === undefined ? [] : [this.#indexOf(row.needs, view, about) ?? -1];
    const isShown = row.grounds === 'extension' || row.grounds === 'proposal';
    const { height } = own.header;
    const block = { height, digest: own.digest };
    const statement = { kind, instance: 0n, view, block, reports: [] };
    const name = `${kind} ${view} of ${about}`;
    if (!isShown) return this.#add({ name, about, needs, request: requestOf(statement) });
    for (const [of, shown] of this.#headersFor(about))
      for (const { justifyView, ask } of this.#justifications(of, view)) {
        const request = { ...requestOf(statement), header: shown.header, justifyView };
        const told = of === about ? name : `${name} with the header of ${of}`;
        this.#add({
          name: `${told}, justified by ${justifyView}`,
          about,
          needs: [...needs, ...ask],
          request,
        });
      }
  }

  /** The blocks whose header a host may show for a block: its own, and where it forges those of its view. */
  #headersFor(about: number): readonly (readonly [number, Block])[] {
    const { blocks, forges } = this.#plan;
    const view = blocks[about]?.block.header.view;
    return [...blocks.entries()]
      .map(([of, { block }]) => [of, block] as const)
      .filter(([of, { header }]) => of === about || (forges && header.view === view));
  }

  /** The certificates that let this block be proposed in a view: of the block itself if it is older, else of its parent. */
  #justifications(of: number, view: View): readonly { justifyView: View; ask: readonly number[] }[] {
    const { table, blocks } = this.#plan;
    const found = blocks[of];
    if (found === undefined) return [];
    const certified = found.block.header.view < view ? of : found.parent;
    if (certified === undefined) return [{ justifyView: BRANCH_GENESIS.header.view, ask: [] }];
    const views = Array.from({ length: Number(view - table.firstView) }, (_, at) =>
      toView(table.firstView + BigInt(at)),
    );
    return views.flatMap((justifyView) => {
      const ask = this.#indexOf(table.prepared, justifyView, certified);
      return ask === undefined ? [] : [{ justifyView, ask: [ask] }];
    });
  }

  /** Gives a view up with each certificate that there can be of it or of an earlier one. */
  #addLeaves(view: View): void {
    const { table, blocks } = this.#plan;
    const { header, digest } = BRANCH_GENESIS;
    const certified = [...this.#byStatement].flatMap(([name, ask]) => {
      const [kind = '', of = '', about = ''] = name.split(' ');
      const block = blocks[Number(about)]?.block;
      if (kind !== table.prepared || block === undefined) return [];
      return [{ view: toView(BigInt(of)), digest: block.digest, needs: [ask] }];
    });
    const rows = byStep(table).filter(([, { leaves }]) => leaves !== undefined);
    for (const [kind] of rows)
      for (const report of [{ view: header.view, digest, needs: [] }, ...certified]) {
        const reports = [{ instance: 0n, view: report.view, digest: report.digest }];
        const statement = { kind, instance: 0n, view, block: undefined, reports };
        const name = `${kind} ${view} with ${report.view}/${report.digest.slice(0, 4)}`;
        const { needs } = report;
        this.#add({ name, about: undefined, needs, reported: report.view, request: requestOf(statement) });
      }
  }

  #add(ask: BranchAsk): void {
    const { statement } = ask.request;
    const { kind, view, reports } = statement;
    const key = `${kind} ${view} ${ask.about ?? `- ${reports[0]?.view} ${reports[0]?.digest}`}`;
    const known = this.#byStatement.get(key);
    if (known === undefined) this.#byStatement.set(key, this.asks.length);
    this.asks.push(known === undefined ? ask : { ...ask, as: known });
  }

  #indexOf(kind: string, view: View, about: number): number | undefined {
    return this.#byStatement.get(`${kind} ${view} ${about}`);
  }
}

/** The kinds in the order in which a view has them. */
function byStep(table: VoteTable): readonly (readonly [string, KindRow])[] {
  return Object.entries(table.kinds).sort(([, a], [, b]) => a.step - b.step);
}

function requestOf(statement: VoteStatement): CustodyRequest {
  const asked = { session: 0n, chain: BRANCH_CHAIN, epoch: BRANCH_EPOCH };
  return { ...asked, statement, header: undefined, justifyView: undefined };
}
