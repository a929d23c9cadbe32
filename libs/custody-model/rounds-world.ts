import { toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import type { CustodyContext } from '#libs/custody/custody-context.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { FactBook } from '#libs/custody/fact-book.ts';
import { learnCertified } from '#libs/custody/learn-certified.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { Report } from '#libs/protocol/vote/statement.ts';
import type { KeyNode, KeyWorld } from './key-world.ts';
import { OpenBlocks } from './open-blocks.ts';
import { CHAIN, EPOCH, type RoundsAsk, roundsAsks } from './rounds-asks.ts';
import { PROMISES, reopens, roundsBroken } from './rounds-broken.ts';
import type { RoundsPlan } from './rounds-plan.ts';
import { Tally } from './tally.ts';

const HONEST = 3;
const FAULTY = { liars: 1, quorum: 3 } as const;
const LIAR = toMemberIndex(3);

/**
 * The proofs that a host shows: the certificate that the request rests on, if there is one, and the instances
 * that it claims are over.
 */
interface Shown {
  readonly isThere: boolean;
  readonly openFrom: number;
}

/** Three honest keys and a liar in a protocol of rounds; the liar leads every view, in every instance. */
export function roundsWorld(plan: RoundsPlan): KeyWorld {
  const world = new RoundsWorld(plan);
  return {
    keys: Array.from({ length: HONEST }, () => ({
      role: 'any',
      context: world.context,
      state: world.virgin,
    })),
    asks: world.asks,
    shown: (ask, keys) => world.shown(ask, keys),
    facts: (ask, shown) => world.facts(ask, shown),
    wrongAnswer: (key, ask, { kind }) =>
      reopens(key, ask as RoundsAsk, kind) ? PROMISES.reopened : undefined,
    broken: (keys) => roundsBroken(plan, world.asks, { keys, certified: world.tally.in(keys) }),
  };
}

class RoundsWorld {
  readonly context: CustodyContext;
  readonly virgin;
  readonly asks: readonly RoundsAsk[];
  readonly tally: Tally;
  readonly #plan: RoundsPlan;
  readonly #choices: OpenBlocks;
  /** The request whose certificate a report is of. */
  readonly #reportable = new Map<string, number>();

  constructor(plan: RoundsPlan) {
    const { table } = plan;
    const validators = Array.from({ length: HONEST + FAULTY.liars }, (_, index) => ({
      ...{ name: `m${index}`, publicKey: new Uint8Array([index]), weight: 1n },
    }));
    const root = { view: table.firstView, height: toHeight(0n), digest: CHAIN };
    const set = validatorSet(EPOCH, validators);
    this.#plan = plan;
    this.asks = roundsAsks(table, plan);
    this.tally = new Tally(this.asks.length, FAULTY);
    for (const [index, { statement }] of this.asks.entries()) {
      const { kind, instance, view, block } = statement;
      if (kind === table.prepared) this.#reportable.set(`${instance} ${view} ${block?.digest}`, index);
    }
    this.virgin = virginState({ chain: CHAIN, protocol: table.protocol, epoch: EPOCH });
    this.context = { table, set, root, me: toMemberIndex(0), leader: () => LIAR };
    this.#choices = new OpenBlocks(this, {
      liar: LIAR,
      forgetsClosed: plan.forgetsClosed === true,
      isReportable: (report, keys) => this.#isReportable(report, keys),
    });
  }

  shown(ask: number, keys: readonly KeyNode[]): readonly string[] {
    return this.#closed(keys).map((openFrom) => {
      const isThere = this.#isThere(ask, keys, openFrom);
      return `${isThere ? 1 : 0} ${openFrom}`;
    });
  }

  facts(index: number, name: string): FactBook {
    const { isThere, openFrom } = shownBy(name);
    const { table } = this.context;
    const facts = new FactBook();
    if (openFrom > 0) facts.settled(BigInt(openFrom - 1));
    const asked = this.asks[index];
    if (asked === undefined) return facts;
    const { instance, view, block, reports, kind } = asked.statement;
    if (block !== undefined) facts.proposed({ kind: table.proposal, instance, view, ...block });
    if (!isThere) return facts;
    for (const each of reports) facts.certified({ ...each, kind: table.prepared, height: each.instance });
    if (block === undefined) return facts;
    if (kind === table.prepared) facts.chosen(instance, view, { from: 0n, only: new Map() });
    const needed = asked.needs === undefined ? undefined : this.asks[asked.needs]?.statement;
    if (needed?.block !== undefined) learnCertified(table, facts, { ...needed, ...needed.block });
    if (table.kinds[kind]?.settles) facts.decided({ kind: table.decides, instance, ...block });
    return facts;
  }

  /** The instances that checkpoints can be shown to have closed: none, or all up to one that has a quorum. */
  #closed(keys: readonly KeyNode[]): number[] {
    const { checkpoints, closesAlone, instances } = this.#plan;
    if (!checkpoints) return [0];
    const closed = this.asks.flatMap(({ statement: { kind, instance } }, index) =>
      this.context.table.kinds[kind]?.settles && this.tally.in(keys)[index] ? [Number(instance) + 1] : [],
    );
    return [...new Set([0, ...(closesAlone ? [instances + 1] : closed)])];
  }

  #isThere(index: number, keys: readonly KeyNode[], openFrom: number): boolean {
    const asked = this.asks[index];
    if (asked === undefined) return false;
    const { kind, view, reports, block } = asked.statement;
    const { table } = this.context;
    if (asked.needs !== undefined) return this.tally.in(keys)[asked.needs] === true;
    if (block === undefined) return reports.every((report) => this.#isReportable(report, keys));
    if (table.kinds[kind]?.settles) return this.#isDecided(asked, keys);
    return view === table.firstView || this.#choices.mayBegin(asked, keys, openFrom);
  }

  #isReportable({ instance, view, digest }: Report, keys: readonly KeyNode[]): boolean {
    const found = this.#reportable.get(`${instance} ${view} ${digest}`);
    return found !== undefined && this.tally.in(keys)[found] === true;
  }

  #isDecided({ statement: { instance, block } }: RoundsAsk, keys: readonly KeyNode[]): boolean {
    return this.asks.some(
      ({ statement }, index) =>
        statement.kind === this.context.table.decides &&
        statement.instance === instance &&
        statement.block?.digest === block?.digest &&
        this.tally.in(keys)[index] === true,
    );
  }
}

function shownBy(name: string): Shown {
  const [isThere, openFrom] = name.split(' ');
  return { isThere: isThere === '1', openFrom: Number(openFrom) };
}
